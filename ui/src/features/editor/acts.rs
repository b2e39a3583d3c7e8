//! What takes dates away, apart from Save: cancelling a date, ending a series, deleting it.

use weekwise_domain::{Edit, Exception};
use weekwise_protocol::{SlotRequest, SlotView};
use yew::prelude::*;

use super::scope::in_numbers;
use crate::session::use_session;
use crate::words::Words;

/// The properties of these acts.
#[derive(Properties, PartialEq)]
pub struct DeleteActsProps {
    /// The open slot and date.
    pub slot: SlotRequest,
    /// Its series.
    pub view: SlotView,
    /// Whether it has a single date.
    pub is_once: bool,
    /// The words.
    pub words: Words,
}

/// What takes dates away.
#[component]
pub fn DeleteActs(props: &DeleteActsProps) -> Html {
    let session = use_session();
    let DeleteActsProps { slot, view, is_once, words } = props;
    let (slot, texts) = (*slot, &words.texts);
    let occurs = view.segments.iter().any(|row| row.active && row.pattern.occurs_on(slot.date));
    let entry = view.ledger.iter().find(|entry| entry.date == slot.date);
    let is_cancelled = entry.is_some_and(|entry| matches!(entry.exception, Exception::Cancelled(_)));
    let first = view.segments.iter().filter_map(|row| row.pattern.first_date()).min();
    let can_end = occurs && !is_once && first.is_some_and(|first| first < slot.date);
    let date = words.date_short(slot.date);
    let cancel = {
        let session = session.clone();
        move |_| session.cancel_date(slot)
    };
    let end = {
        let session = session.clone();
        move |_| session.edit(Edit::EndBefore { series_id: slot.series_id, date: slot.date })
    };
    let trash = {
        let session = session.clone();
        move |_| session.trash_series(slot)
    };
    let numbers = |from| in_numbers(view, from, words);
    html! {
        <div class="delete-acts">
            <h3>{texts.get("editor-delete")}</h3>
            if occurs && !is_once && !is_cancelled {
                <button type="button" class="act" onclick={cancel}>
                    <span>{texts.with("editor-cancel-date", [("date", date.clone().into())])}</span>
                    <small>{texts.with("scope-count", [("dates", 1.into())])}</small>
                </button>
            }
            if can_end {
                <button type="button" class="act" onclick={end}>
                    <span>{texts.with("editor-end-series", [("date", date.into())])}</span>
                    <small>{numbers(slot.date)}</small>
                </button>
            }
            <button type="button" class="act danger" onclick={trash}>
                <span>{texts.get(if *is_once { "editor-trash-one" } else { "editor-trash-series" })}</span>
                <small>{numbers(weekwise_domain::Date::MIN)}</small>
            </button>
        </div>
    }
}
