//! What differs from usual in the week in view.

use std::rc::Rc;

use weekwise_protocol::{Block, Standing, WeekView};
use yew::prelude::*;

use crate::features::week::{opener, slot_of};
use crate::session::use_session;
use crate::words::Words;

/// The properties of the list.
#[derive(Properties, PartialEq)]
pub struct DiffersProps {
    /// The week.
    pub view: Rc<WeekView>,
    /// The words.
    pub words: Words,
}

/// What differs from usual.
#[component]
pub fn Differs(props: &DiffersProps) -> Html {
    let session = use_session();
    let DiffersProps { view, words } = props;
    let texts = &words.texts;
    if view.is_empty {
        return html! {};
    }
    let differing: Vec<&Block> = view.blocks.iter().filter(|block| block.standing != Standing::Usual).collect();
    html! {
        <>
            <h2>{texts.get(if differing.is_empty() { "week-as-usual" } else { "week-differs" })}</h2>
            if differing.is_empty() {
                <p class="quiet">{texts.get("week-usual")}</p>
            } else {
                <ul class="differs">
                    { for differing.into_iter().map(|block| {
                        let key = slot_of(block);
                        let onclick = opener(&session, key);
                        let day = if view.window.contains(block.date) { block.date } else { block.original_date };
                        html! {
                            <li key={format!("{} {}", block.schedule_id, block.original_date)}>
                                <button type="button" {onclick} aria-current={(session.open_slot() == Some(key)).then_some("true")}>
                                    <span class={classes!("sample", block.color.name())} aria-hidden="true"></span>
                                    <span class="what">{what(block, view, words)}</span>
                                    <span class="day">{words.weekday_short(day.weekday())}</span>
                                </button>
                            </li>
                        }
                    }) }
                </ul>
            }
        </>
    }
}

fn what(block: &Block, view: &WeekView, words: &Words) -> String {
    let texts = &words.texts;
    let title = if block.title.is_empty() { texts.get("block-untitled") } else { block.title.to_string() };
    let (id, date, time) = match &block.standing {
        Standing::Cancelled { .. } => ("differs-cancelled", None, None),
        _ if !view.window.contains(block.date) => ("differs-moved-away", Some(block.date), None),
        _ if block.date != block.original_date => ("differs-moved", None, None),
        _ if block.time != block.usual_time => ("differs-time", None, Some(block.time.start())),
        _ => ("differs-changed", None, None),
    };
    let values = [
        ("title", title.into()),
        ("date", date.map(|date| words.date_short(date)).unwrap_or_default().into()),
        ("time", time.map(|time| words.time(time)).unwrap_or_default().into()),
    ];
    texts.with(id, values)
}
