//! The week: a grid of days and half hours with the slots on it, or a list of days where the window is narrow.

mod blocks;
mod cells;
mod edges;
mod face;
mod layout;
mod list;
mod slots;
mod swipe;
mod welcome;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use weekwise_domain::{Date, DateRange};
use weekwise_protocol::{Block, SlotRequest, Standing, WeekView};
use yew::prelude::*;

use crate::components::{after_paint, focus, focus_panel_soon, is_by_key, set_vars};
use crate::session::{Session, use_session};
use crate::state::{Action, Cursor, DraftKey, ROWS};
use blocks::Blocks;
use cells::{Cells, Heads};
use edges::Edges;
pub use face::{Face, face_of};
pub use list::WeekList;
pub use slots::{Listing, Opened, entries_on, key_of, slots_of};
pub use welcome::Welcome;

/// The properties of the week.
#[derive(Properties, PartialEq)]
pub struct WeekProps {
    /// The week to show.
    pub view: Rc<WeekView>,
}

/// The dates of a week that are shown: without the weekend where that is hidden.
pub fn shown_dates(window: DateRange, hide_weekend: bool) -> Vec<Date> {
    window.dates().filter(|date| !hide_weekend || !date.weekday().is_weekend()).collect()
}

/// The slot that a block opens.
pub fn slot_of(block: &Block) -> SlotRequest {
    SlotRequest { series_id: block.series_id, date: block.original_date }
}

/// Opens a slot when a button is pressed; pressed by a key, the keyboard goes along.
pub fn opener(session: &Session, slot: SlotRequest) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |event: MouseEvent| {
        session.show_slot(slot);
        if is_by_key(&event) {
            focus_panel_soon();
        }
    })
}

/// How many of a date's slots are not as usual.
pub fn changed_on(view: &WeekView, date: Date) -> usize {
    let touches = |block: &&Block| block.date == date || block.original_date == date;
    view.blocks.iter().filter(|block| block.standing != Standing::Usual).filter(touches).count()
}

/// The grid.
#[component]
pub fn WeekGrid(props: &WeekProps) -> Html {
    let session = use_session();
    let words = session.words();
    let view = &props.view;
    let dates = Rc::new(shown_dates(view.window, view.settings.hide_weekend));
    let scroller = use_node_ref();
    let takes_focus = use_mut_ref(|| false);
    use_effect_with((), {
        let (scroller, view) = (scroller.clone(), view.clone());
        move |()| {
            open_at(&scroller, &view);
            let scroller = scroller.clone();
            after_paint(move || mark_painted(&scroller));
        }
    });
    use_effect_with((session.cursor, view.window), {
        let (scroller, takes_focus) = (scroller.clone(), takes_focus.clone());
        move |_| {
            if *takes_focus.borrow() {
                focus_cursor(&scroller);
            }
        }
    });
    let onkeydown = {
        let (session, takes_focus, dates, view) = (session.clone(), takes_focus.clone(), dates.clone(), view.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(cursor) = session.cursor else { return };
            if event.alt_key() || event.meta_key() {
                return;
            }
            let Some(step) = Step::of(&event, cursor, &dates) else { return };
            event.prevent_default();
            *takes_focus.borrow_mut() = true;
            match step {
                Step::To(target) => {
                    session.dispatch(Action::CursorAt(target));
                    if !view.window.contains(target.date) {
                        session.go_to(Some(target.date));
                    }
                }
                Step::Weeks(weeks) => session.go_by(weeks),
                Step::Open => match at_cursor(&view, cursor) {
                    Some(block) => {
                        session.show_slot(slot_of(block));
                        focus_panel_soon();
                    }
                    None => session.begin_at_cursor(),
                },
            }
        })
    };
    let onfocusout = {
        let takes_focus = takes_focus.clone();
        move |_| *takes_focus.borrow_mut() = false
    };
    let pick = {
        let (session, is_empty) = (session.clone(), view.is_empty);
        Callback::from(move |(cursor, twice): (Cursor, bool)| {
            // In an empty week the first click has begun; the second one only took the keyboard from the title.
            if twice && is_empty {
                focus("#slot-title");
                return;
            }
            session.dispatch(Action::CursorAt(cursor));
            if is_empty || twice {
                session.begin(cursor.date, crate::session::an_hour_from(cursor));
            }
        })
    };
    // Of a hidden weekend no cell can hold the keyboard.
    let cursor = session.cursor.map(|cursor| match dates.first() {
        Some(&first) if !dates.contains(&cursor.date) => Cursor { date: first, ..cursor },
        _ => cursor,
    });
    let swipe = use_mut_ref(swipe::Swipe::default);
    let onwheel = {
        let session = session.clone();
        Callback::from(move |event: WheelEvent| {
            let weeks = swipe.borrow_mut().movement(event.delta_x(), event.delta_y(), event.time_stamp());
            if weeks != 0 {
                session.go_by(weeks);
            }
        })
    };
    let now = session.now.filter(|now| dates.contains(&now.date));
    html! {
        <>
            <div class="week-scroll" ref={scroller.clone()} {onwheel}>
                <div class={classes!("canvas", format!("days-{}", dates.len()))}>
                    <div class="grid" role="grid" aria-label={words.texts.with("week-label", [("range", words.week(view.window).into())])}
                        aria-rowcount={(ROWS + 1).to_string()} {onkeydown} {onfocusout}>
                        <Heads view={view.clone()} today={session.today()} words={words.clone()} />
                        <Cells dates={dates.clone()} {cursor} today={session.today()} view={view.clone()}
                            words={words.clone()} {pick} />
                    </div>
                    <Blocks view={view.clone()} dates={dates.clone()} words={words.clone()} open={session.open_slot()}
                        draft={session.draft(DraftKey::New).cloned()} new_slot={session.new_slot} />
                    if let Some(now) = now {
                        <NowLine column={dates.iter().position(|&date| date == now.date).unwrap_or(0)} minute={now.minute.number()} />
                    }
                </div>
            </div>
            <Edges {scroller} view={view.clone()} {words} />
        </>
    }
}

/// The properties of the line at the present minute.
#[derive(Properties, PartialEq)]
struct NowLineProps {
    column: usize,
    minute: u16,
}

#[component]
fn NowLine(props: &NowLineProps) -> Html {
    let node = use_node_ref();
    use_effect_with((props.column, props.minute), {
        let node = node.clone();
        move |(column, minute)| set_vars(&node, &[("--column", *column as f64), ("--start", f64::from(*minute))])
    });
    html! { <div class="now-line" aria-hidden="true" ref={node}></div> }
}

/// What a key does in the grid.
enum Step {
    To(Cursor),
    Weeks(i32),
    Open,
}

impl Step {
    fn of(event: &KeyboardEvent, cursor: Cursor, dates: &[Date]) -> Option<Self> {
        let is_shown =
            |date: &Date| dates.contains(date) || !dates.iter().any(|shown| in_week_of(*shown, *date, dates));
        let by_days = |step: i32| {
            let mut date = cursor.date.plus_days(step)?;
            while !is_shown(&date) {
                date = date.plus_days(step)?;
            }
            Some(Self::To(Cursor { date, ..cursor }))
        };
        let at = |date: Option<&Date>| date.map(|&date| Self::To(Cursor { date, ..cursor }));
        let row = |row: u16| Some(Self::To(Cursor { row: row.min(ROWS - 1), ..cursor }));
        match (event.key().as_str(), event.ctrl_key()) {
            ("ArrowLeft", false) => by_days(-1),
            ("ArrowRight", false) => by_days(1),
            ("ArrowUp", false) => row(cursor.row.saturating_sub(1)),
            ("ArrowDown", false) => row(cursor.row + 1),
            ("Home", false) => at(dates.first()),
            ("End", false) => at(dates.last()),
            ("Home", true) => row(0),
            ("End", true) => row(ROWS - 1),
            ("PageUp", false) => Some(Self::Weeks(-1)),
            ("PageDown", false) => Some(Self::Weeks(1)),
            ("Enter" | " ", false) => Some(Self::Open),
            _ => None,
        }
    }
}

/// Whether `date` lies between the first and the last shown date's week, so that it must be shown to be entered.
fn in_week_of(shown: Date, date: Date, dates: &[Date]) -> bool {
    let first = dates.first().copied().unwrap_or(shown);
    DateRange::week_from(first).contains(date)
}

/// The block that covers a cell: the first one, or the one after the open one where several do.
fn at_cursor(view: &WeekView, cursor: Cursor) -> Option<&Block> {
    let start = cursor.minute().number();
    let covers = |block: &&Block| {
        block.date == cursor.date && block.time.start().number() < start + 30 && start < block.time.end().number()
    };
    view.blocks.iter().find(covers)
}

/// Scrolls to the first slot of the week, or to now, or to the morning.
fn open_at(scroller: &NodeRef, view: &WeekView) {
    let Some(element) = scroller.cast::<Element>() else { return };
    let first = view.blocks.iter().map(|block| block.time.start().number()).min();
    let now = view.window.contains(view.now.date).then(|| view.now.minute.number().saturating_sub(60));
    let minute = first.into_iter().chain(now.filter(|_| first.is_none())).min().unwrap_or(8 * 60);
    let hour = element.scroll_height() / 24;
    element.set_scroll_top((i32::from(minute.saturating_sub(30)) * hour) / 60);
}

/// Tells those who measure the start that the first week is on the screen.
pub fn mark_painted(scroller: &NodeRef) {
    if let Some(element) = scroller.cast::<Element>() {
        // An attribute with a valid name is always accepted.
        let _ = element.set_attribute("data-painted", "week");
    }
    // For whoever measures the start; a name of our own is always accepted.
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        let _ = performance.mark("week-painted");
    }
}

/// Moves the focus to the cell that holds the keyboard.
pub fn focus_cursor(within: &NodeRef) {
    let cell = within.cast::<Element>().and_then(|it| it.query_selector(".cell[tabindex='0']").ok().flatten());
    if let Some(cell) = cell.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // Focus fails only for an element that is gone, and then nothing is lost.
        let _ = cell.focus();
    }
}
