//! The week as a list of days, where the window is too narrow for columns.

use weekwise_domain::{Date, Minute, TimeRange};
use weekwise_protocol::{Standing, WeekView};
use yew::prelude::*;

use super::{Face, WeekProps, face_of, opener, shown_dates, slot_of};
use crate::components::{Icon, after_paint};
use crate::session::{Session, use_session};
use crate::state::DraftKey;

/// The slots of a date as a list of buttons.
pub fn slots_of(date: Date, view: &WeekView, session: &Session) -> Html {
    let words = session.words();
    let there: Vec<_> = view.blocks.iter().filter(|block| block.date == date).collect();
    if there.is_empty() {
        return html! { <p class="nothing">{words.texts.get("week-day-empty")}</p> };
    }
    html! {
        <ul class="day-slots">
            { for there.into_iter().map(|block| {
                let key = slot_of(block);
                let unsaved = session.has_typed(DraftKey::Slot(key)).then(|| words.texts.get("block-new"));
                let face = face_of(block, view.window, &words);
                let label = face.label(unsaved.as_ref());
                let Face { title, tag, starts, ends, was, place, .. } = face;
                let class = classes!(
                    "slot", "listed", block.color.name(),
                    (block.standing == Standing::Changed).then_some("changed"),
                    matches!(block.standing, Standing::Cancelled { .. }).then_some("gone"),
                    (session.open_slot() == Some(key)).then_some("open"),
                );
                let onclick = opener(session, key);
                html! {
                    <li key={format!("{} {}", block.schedule_id, block.original_date)}>
                        <button type="button" {class} {onclick} aria-label={label}>
                            <b>{title}</b>{" "}
                            if let Some(unsaved) = unsaved { <span class="unsaved">{unsaved}</span>{" "} }
                            if let Some(tag) = tag { <span class="tag">{tag}</span>{" "} }
                            <span class="when">{starts}{"–"}{ends}</span>
                            if let Some(was) = was { {" "}<span class="was">{was}</span> }
                            if let Some(place) = place { {" "}<span class="place">{place}</span> }
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}

/// A week as a list of days.
#[component]
pub fn WeekList(props: &WeekProps) -> Html {
    let session = use_session();
    let view = &props.view;
    let words = session.words();
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| after_paint(move || super::mark_painted(&node))
    });
    html! {
        <div class="week-list" ref={node}>
            { for shown_dates(view).into_iter().map(|date| {
                let add = {
                    let session = session.clone();
                    let nine = Minute::MIDNIGHT.saturating_plus(9 * 60);
                    move |_| session.begin(date, TimeRange::new(nine, nine.saturating_plus(60)).ok())
                };
                let label = format!("{}, {}", words.texts.get("week-add-here"), words.date_long(date));
                html! {
                    <section key={date.to_string()} class={classes!("day-card", (date == session.today()).then_some("today"))}>
                        <h2>{words.date_short(date)}</h2>
                        <button type="button" class="icon-button add" onclick={add} title={label.clone()} aria-label={label}>{Html::from(Icon::Plus)}</button>
                        {slots_of(date, view, &session)}
                    </section>
                }
            }) }
        </div>
    }
}
