//! All dates of a series that are not as usual, also those on which that has no effect.

use weekwise_domain::Exception;
use weekwise_protocol::{LedgerEntry, SlotRequest, SlotView};
use yew::prelude::*;

use crate::session::use_session;
use crate::words::Words;

/// The properties of the ledger.
#[derive(Properties, PartialEq)]
pub struct LedgerProps {
    /// The open slot and date.
    pub slot: SlotRequest,
    /// Its series.
    pub view: SlotView,
    /// The words.
    pub words: Words,
}

/// The changed dates of a series.
#[component]
pub fn Ledger(props: &LedgerProps) -> Html {
    let session = use_session();
    let LedgerProps { slot, view, words } = props;
    let texts = &words.texts;
    if view.ledger.is_empty() {
        return html! {};
    }
    let series_id = slot.series_id;
    html! {
        <details class="ledger">
            <summary>{texts.get("editor-ledger")}<span class="count">{view.ledger.len()}</span></summary>
            <ul>
                { for view.ledger.iter().map(|entry| {
                    let date = entry.date;
                    let there = SlotRequest { series_id, date };
                    let put_back = { let session = session.clone(); move |_| session.put_back(there) };
                    let go = { let session = session.clone(); move |_| { session.go_to(Some(date)); session.show_slot(there); } };
                    let label = texts.with("ledger-put-back", [("date", words.date_medium(date).into())]);
                    html! {
                        <li key={date.to_string()} class={(!entry.has_effect).then_some("no-effect")}>
                            if entry.has_effect {
                                <button type="button" class="link" onclick={go}>{words.date_medium(date)}</button>
                            } else {
                                <span>{words.date_medium(date)}</span>
                            }
                            <span class="what">{what(entry, words)}</span>
                            <button type="button" class="link" onclick={put_back} title={label.clone()} aria-label={label}>
                                {texts.get("editor-put-back")}
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </details>
    }
}

fn what(entry: &LedgerEntry, words: &Words) -> String {
    let texts = &words.texts;
    if !entry.has_effect {
        return texts.get("ledger-without-effect");
    }
    match &entry.exception {
        Exception::Cancelled(reason) => match &reason.title {
            Some(reason) => texts.with("ledger-cancelled-why", [("reason", reason.to_string().into())]),
            None => texts.get("ledger-cancelled"),
        },
        Exception::Override(change) => match (change.moved_to, change.time) {
            (Some(date), _) => texts.with("ledger-moved", [("date", words.date_short(date).into())]),
            (None, Some(time)) => texts.with("ledger-time", [("time", words.times(time).into())]),
            (None, None) => texts.get("ledger-changed"),
        },
    }
}
