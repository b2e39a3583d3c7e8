//! The slots on the grid: those that take place, what is cancelled, and where changed ones usually are.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use weekwise_domain::{Date, Edit, TimeRange};
use weekwise_protocol::{Block, SlotRequest, Standing, WeekView};
use yew::prelude::*;

use super::{
    face::{Face, face_of},
    layout::{Fold, KEPT, Place, arrange},
    opener, slot_of,
};
use crate::components::set_vars;
use crate::features::editor::{self, draft::Draft};
use crate::session::use_session;
use crate::state::{Action, DraftKey, NewSlot, Panel};
use crate::words::Words;

/// The properties of the slots.
#[derive(Properties, PartialEq)]
pub struct BlocksProps {
    /// The week.
    pub view: Rc<WeekView>,
    /// The dates that are shown, one a column.
    pub dates: Rc<Vec<Date>>,
    /// How dates and times are written.
    pub words: Words,
    /// The slot that is open.
    pub open: Option<SlotRequest>,
    /// What is typed for a new slot.
    pub draft: Option<Draft>,
    /// Where the new slot was begun.
    pub new_slot: Option<NewSlot>,
}

/// Something that stands on the grid.
#[derive(Clone, PartialEq)]
struct Item {
    column: usize,
    time: TimeRange,
    kind: Kind,
}

#[derive(Clone, PartialEq)]
enum Kind {
    Slot { block: Block, place: Place },
    Usually { block: Block },
    Fold(Fold),
    Draft { title: String, color: &'static str },
}

/// The slots.
#[component]
pub fn Blocks(props: &BlocksProps) -> Html {
    let session = use_session();
    let BlocksProps { view, dates, words, open, draft, new_slot } = props;
    let mut items: Vec<Item> =
        dates.iter().enumerate().flat_map(|(column, &date)| of_day(view, column, date)).collect();
    items.extend(draft.as_ref().zip(*new_slot).and_then(|(draft, place)| {
        let edit = editor::meaning_of_new(draft, place, words, session.first_weekday(), session.today())?;
        let Edit::Create { schedule } = edit else { return None };
        let column = dates.iter().position(|&date| date == schedule.pattern.validity.from)?;
        let (title, color) = (schedule.details.title.to_string(), schedule.details.color.name());
        Some(Item { column, time: schedule.pattern.time, kind: Kind::Draft { title, color } })
    }));
    let stop =
        items.iter().position(|item| matches!(&item.kind, Kind::Slot { block, .. } if Some(slot_of(block)) == *open));
    let stop = stop.or_else(|| items.iter().position(|item| !matches!(item.kind, Kind::Usually { .. }))).unwrap_or(0);
    html! {
        <ol class="blocks" onkeydown={Callback::from(move_among)}>
            { for items.into_iter().enumerate().map(|(i, item)| {
                let key = match &item.kind {
                    Kind::Slot { block, .. } => format!("slot {} {}", block.schedule_id, block.original_date),
                    Kind::Usually { block } => format!("usually {} {}", block.schedule_id, block.original_date),
                    Kind::Fold(fold) => format!("fold {} {}", item.column, fold.time),
                    Kind::Draft { .. } => "draft".to_owned(),
                };
                html! { <Tile {key} {item} view={view.clone()} dates={dates.clone()} words={words.clone()} open={*open} is_stop={i == stop} /> }
            }) }
        </ol>
    }
}

fn of_day(view: &WeekView, column: usize, date: Date) -> Vec<Item> {
    let there: Vec<&Block> = view.blocks.iter().filter(|block| block.date == date).collect();
    let times: Vec<TimeRange> = there.iter().map(|block| block.time).collect();
    let (places, folds) = arrange(&times);
    let slots = there.into_iter().zip(places).filter(|(_, place)| *place != Place::Folded).map(|(block, place)| Item {
        column,
        time: block.time,
        kind: Kind::Slot { block: block.clone(), place },
    });
    let usually = view.blocks.iter().filter(|block| {
        block.standing == Standing::Changed
            && block.original_date == date
            && (block.date, block.time) != (date, block.usual_time)
    });
    let usually =
        usually.map(|block| Item { column, time: block.usual_time, kind: Kind::Usually { block: block.clone() } });
    let folds = folds.into_iter().map(|fold| Item { column, time: fold.time, kind: Kind::Fold(fold) });
    usually.chain(slots).chain(folds).collect()
}

/// The properties of a thing on the grid.
#[derive(Properties, PartialEq)]
struct TileProps {
    item: Item,
    view: Rc<WeekView>,
    dates: Rc<Vec<Date>>,
    words: Words,
    open: Option<SlotRequest>,
    is_stop: bool,
}

#[component]
fn Tile(props: &TileProps) -> Html {
    let session = use_session();
    let TileProps { item, view, dates, words, open, is_stop } = props;
    let node = use_node_ref();
    let (lane, lanes, is_folded) = match &item.kind {
        Kind::Slot { place: Place::Lane { lane, lanes }, .. } => (*lane, *lanes, false),
        Kind::Slot { place: Place::BesideFold { lane }, .. } => (*lane, KEPT, true),
        _ => (0, 1, false),
    };
    use_effect_with((item.column, item.time, lane, lanes), {
        let node = node.clone();
        move |(column, time, lane, lanes)| {
            let vars = [
                ("--column", *column as f64),
                ("--start", f64::from(time.start().number())),
                ("--minutes", f64::from(time.minutes())),
                ("--lane", *lane as f64),
                ("--lanes", *lanes as f64),
            ];
            set_vars(&node, &vars);
        }
    });
    let tabindex = if *is_stop { "0" } else { "-1" };
    let size = match item.time.minutes() {
        0..40 => "one-line",
        40..75 => "two-lines",
        _ => "tall",
    };
    match &item.kind {
        Kind::Slot { block, .. } => {
            let key = slot_of(block);
            let unsaved = session.has_typed(DraftKey::Slot(key)).then(|| words.texts.get("block-new"));
            let face = face_of(block, view.window, words);
            let label = face.label(unsaved.as_ref());
            let Face { title, tag, starts, ends, was, place, .. } = face;
            let class = classes!(
                "slot",
                block.color.name(),
                size,
                (block.standing == Standing::Changed).then_some("changed"),
                matches!(block.standing, Standing::Cancelled { .. }).then_some("gone"),
                (Some(key) == *open).then_some("open"),
            );
            let onclick = opener(&session, key);
            html! {
                <li class={classes!("tile", is_folded.then_some("beside-fold"))} ref={node}>
                    <button type="button" {class} {tabindex} {onclick} title={label.clone()} aria-label={label}
                        aria-current={(Some(key) == *open).then_some("true")}>
                        <b>{title}</b>{" "}
                        if let Some(unsaved) = unsaved { <span class="unsaved">{unsaved}</span>{" "} }
                        <span class="when">
                            if let Some(tag) = tag { <span class="tag">{tag}</span>{" "} }
                            {span_of(starts, ends)}
                        </span>
                        if let Some(was) = was { {" "}<span class="was">{was}</span> }
                        if let Some(place) = place { {" "}<span class="place">{place}</span> }
                    </button>
                </li>
            }
        }
        Kind::Usually { block } => {
            let key = slot_of(block);
            let text = if block.date == block.original_date {
                words.texts.get("block-usually-here")
            } else {
                words.texts.with("block-moved-to", [("date", words.date_short(block.date).into())])
            };
            let label =
                format!("{}, {}: {text}", face_of(block, view.window, words).title, words.times(block.usual_time));
            let onclick = opener(&session, key);
            html! {
                <li class="tile behind" ref={node}>
                    <button type="button" class={classes!("usually", block.color.name(), size)} tabindex="-1" {onclick}
                        title={label.clone()} aria-label={label}>{text}</button>
                </li>
            }
        }
        Kind::Fold(fold) => {
            let date = dates[item.column];
            let label =
                words.texts.with("week-more-hint", [("n", fold.count.into()), ("date", words.date_short(date).into())]);
            let onclick = {
                let session = session.clone();
                move |_| session.dispatch(Action::Open(Panel::Day(date)))
            };
            html! {
                <li class="tile fold-tile" ref={node}>
                    <button type="button" class="fold" {tabindex} {onclick} title={label.clone()} aria-label={label}>
                        {words.texts.with("week-more", [("n", fold.count.into())])}
                    </button>
                </li>
            }
        }
        Kind::Draft { title, color } => {
            let title = if title.is_empty() { words.texts.get("editor-new") } else { title.clone() };
            let onclick = {
                let session = session.clone();
                move |_| session.dispatch(Action::Open(Panel::New))
            };
            html! {
                <li class="tile" ref={node}>
                    <button type="button" class={classes!("slot", "draft", *color, size)} {tabindex} {onclick}>
                        <b>{title}</b>{" "}
                        <span class="unsaved">{words.texts.get("block-new")}</span>{" "}
                        <span class="when">{span_of(words.time(item.time.start()), words.time(item.time.end()))}</span>
                    </button>
                </li>
            }
        }
    }
}

/// From when to when; where there is little room, CSS leaves out the end.
fn span_of(starts: String, ends: String) -> Html {
    html! { <span class="time">{starts}<span class="ends">{"–"}{ends}</span></span> }
}

/// The arrows, Home and End go from slot to slot, in the order of time.
fn move_among(event: KeyboardEvent) {
    let list = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(buttons) = list.and_then(|list| list.query_selector_all("button").ok()) else { return };
    let here = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    let Some(index) = (0..buttons.length()).find(|&i| buttons.get(i) == here) else { return };
    let last = buttons.length().saturating_sub(1);
    let target = match event.key().as_str() {
        "ArrowDown" | "ArrowRight" => (index + 1).min(last),
        "ArrowUp" | "ArrowLeft" => index.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(button) = buttons.get(target).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        // Focus fails only for an element that is gone, and then nothing is lost.
        let _ = button.focus();
    }
}
