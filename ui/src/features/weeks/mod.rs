//! Weeks one under another, as day cards: those in view and a few beyond, however far one scrolls.

mod card;
mod keys;
mod place;
mod watch;

use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::Element;
use weekwise_domain::{Date, Edit};
use weekwise_protocol::{SlotRequest, Week, WeekView};
use yew::prelude::*;

use crate::components::{after_paint, focus_panel_soon, focused};
use crate::features::editor;
use crate::features::week::{Opened, entries_on, mark_painted, slot_of};
use crate::session::{Session, use_session};
use crate::state::{Action, Aim, DraftKey, Mark, Panel, Scrolled, Stack};
use card::{Begun, WeekCards};
use keys::{Layout, step};
use place::Place;
use watch::Watch;

/// The properties of the weeks.
#[derive(Properties, PartialEq)]
pub struct WeeksProps {
    /// The week in view.
    pub view: Rc<WeekView>,
    /// Whether the days stand one below the other, since there is no room for them side by side.
    pub is_list: bool,
}

/// The weeks.
#[component]
pub fn WeeksView(props: &WeeksProps) -> Html {
    let session = use_session();
    let words = session.words();
    let texts = &words.texts;
    let stack = &session.stack;
    let layout = Layout {
        is_list: props.is_list,
        hide_weekend: props.view.settings.hide_weekend,
        first_weekday: session.first_weekday(),
    };
    let feed = use_node_ref();
    let place = use_memo((), |()| Place::default());
    // What is made once, listeners and callbacks, reaches the present session through this.
    let present = use_mut_ref(|| session.clone());
    *present.borrow_mut() = session.clone();
    // Brings to the top what is to be there, and holds it.
    let reached = use_mut_ref(|| None::<Aim>);
    let settle = {
        let (place, present) = (place.clone(), present.clone());
        move || {
            let session = present.borrow().clone();
            if session.aim != *reached.borrow()
                && let Some(aim) = session.aim
            {
                place.aim(aim.date, &session.stack, layout.is_list);
                *reached.borrow_mut() = Some(aim);
            }
            place.hold(&session.stack);
        }
    };
    // Whether the place of the keyboard was moved by a key and is not in view yet.
    let takes_focus = use_mut_ref(|| false);
    // Tells the session which weeks are in view.
    let tell = {
        let (place, present, takes_focus) = (place.clone(), present.clone(), takes_focus.clone());
        move || {
            let session = present.borrow().clone();
            // What is in view while a key's move is under way would take the keyboard back to where it was.
            if !*takes_focus.borrow()
                && let Some((top, seen)) = place.seen(&session.stack)
            {
                session.scrolled(Scrolled { top, seen, takes_cursor: !place.holds(focused().as_ref()) });
            }
        }
    };
    use_effect_with(layout.is_list, {
        let (place, feed, settle, tell) = (place.clone(), feed.clone(), settle.clone(), tell.clone());
        move |_| {
            let on_scroll = place.scroller().cast::<Element>().map(|scroller| {
                let place = place.clone();
                EventListener::new(&scroller, "scroll", move |_| {
                    place.follow();
                    tell();
                })
            });
            let watch = feed.cast::<Element>().and_then(|feed| Watch::over(&feed, settle));
            move || drop((on_scroll, watch))
        }
    });
    use_effect_with((), {
        let place = place.clone();
        move |()| after_paint(move || mark_painted(place.scroller()))
    });
    use_effect_with((stack.clone(), layout), {
        let (settle, tell) = (settle.clone(), tell.clone());
        move |_| {
            settle();
            tell();
        }
    });
    use_effect_with(session.aim, {
        let (place, tell) = (place.clone(), tell.clone());
        move |aim| {
            settle();
            tell();
            // Not at the start, and not when something else has the keyboard.
            if aim.is_some_and(|aim| aim.serial > 1) {
                after_paint(move || {
                    let has_it = focused();
                    if has_it.as_ref().is_none_or(|it| it.tag_name() == "BODY") || place.holds(has_it.as_ref()) {
                        place.focus();
                    }
                });
            }
        }
    });
    use_effect_with((session.cursor, session.mark), {
        let (place, takes_focus) = (place.clone(), takes_focus.clone());
        move |_| {
            if takes_focus.replace(false) {
                place.focus();
                place.reveal();
                tell();
            }
        }
    });
    let onkeydown = {
        let session = session.clone();
        Callback::from(move |event: KeyboardEvent| {
            let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key());
            let Some(cursor) = session.cursor.filter(|_| is_plain) else { return };
            let date = layout.card_of(cursor.date);
            let Some((to, mark)) = step(&event.key(), date, session.mark, &slots_on(&session.stack, date), layout)
            else {
                return;
            };
            event.prevent_default();
            if session.stack.week_of(to).is_some() {
                *takes_focus.borrow_mut() = (to, mark) != (cursor.date, session.mark);
                session.dispatch(Action::MarkAt(to, mark));
            } else {
                session.go_to(Some(to));
            }
        })
    };
    let onopen = use_callback((), {
        let present = present.clone();
        move |(date, slot, by_key): Opened, ()| {
            let session = present.borrow().clone();
            session.dispatch(Action::MarkAt(date, Mark::Slot(slot)));
            session.show_slot(slot);
            if by_key {
                focus_panel_soon();
            }
        }
    });
    let onadd = use_callback((), {
        let present = present.clone();
        move |date: Date, ()| {
            let session = present.borrow().clone();
            session.dispatch(Action::MarkAt(date, Mark::Add));
            session.begin_on(date);
        }
    });
    let onbegun = use_callback((), move |(), ()| present.borrow().dispatch(Action::Open(Panel::New)));
    let stop = session.cursor.map(|cursor| (layout.card_of(cursor.date), session.mark));
    let begun = begun(&session);
    let cards = |week: &Rc<Week>| {
        let is_here = |slot: &SlotRequest| week.blocks.iter().any(|block| slot_of(block) == *slot);
        let unsaved: Vec<_> = session.unsaved().into_iter().filter(is_here).collect();
        html! {
            <WeekCards key={week.window.from().to_string()} week={week.clone()} {layout} today={session.today()} words={words.clone()}
                open={session.open_slot().filter(is_here)} {unsaved} stop={stop.filter(|(date, _)| week.window.contains(*date))}
                begun={begun.clone().filter(|begun| week.window.contains(begun.date))}
                onopen={onopen.clone()} onadd={onadd.clone()} onbegun={onbegun.clone()} />
        }
    };
    let begins = stack.weeks().first().is_some_and(|week| week.window.from() == Date::MIN);
    let ends = stack.weeks().last().is_some_and(|week| week.window.to() == Date::MAX);
    html! {
        <div class={classes!("weeks-scroll", if layout.is_list { "in-list" } else { "in-columns" })} ref={place.scroller().clone()}>
            if begins { <p class="beginning">{texts.get("weeks-begin")}</p> }
            <div class="weeks" role="feed" aria-label={texts.get("weeks-label")} ref={feed} {onkeydown}>
                { for stack.weeks().iter().map(cards) }
            </div>
            if ends { <p class="ending">{texts.get("weeks-end")}</p> }
        </div>
    }
}

/// The slots in the card of a date.
fn slots_on(stack: &Stack, date: Date) -> Vec<SlotRequest> {
    let week = stack.week_of(date);
    week.map(|week| entries_on(&week.blocks, date).iter().map(|entry| entry.slot()).collect()).unwrap_or_default()
}

/// The new slot that is being made, as far as its fields fit.
fn begun(session: &Session) -> Option<Begun> {
    let (draft, place) = session.draft(DraftKey::New).zip(session.new_slot)?;
    let (first_weekday, today) = (session.first_weekday(), session.today());
    match editor::meaning_of_new(draft, place, &session.words(), first_weekday, today)? {
        Edit::Create { schedule } => Some(Begun {
            date: schedule.pattern.validity.from,
            time: schedule.pattern.time,
            title: schedule.details.title.to_string(),
            color: schedule.details.color.name(),
        }),
        _ => None,
    }
}
