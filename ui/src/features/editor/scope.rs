//! Which dates an edit is for, with their numbers.

use weekwise_domain::{Count, Date};
use weekwise_protocol::{SlotRequest, SlotView};
use yew::prelude::*;

use super::draft::{Draft, Scope};
use super::form::Change;
use crate::components::{Choice, Segments};
use crate::words::Words;

/// The properties of the scope.
#[derive(Properties, PartialEq)]
pub struct ScopeProps {
    /// The open slot and date.
    pub slot: SlotRequest,
    /// Its series.
    pub view: SlotView,
    /// What is chosen.
    pub scope: Scope,
    /// The words.
    pub words: Words,
    /// Changes the draft.
    pub change: Change,
}

/// Which dates an edit is for.
#[component]
pub fn ScopeField(props: &ScopeProps) -> Html {
    let ScopeProps { slot, view, scope, words, change } = props;
    let texts = &words.texts;
    let numbers = |from: Date| Some(AttrValue::from(in_numbers(view, from, words)));
    let one = Some(AttrValue::from(texts.with("scope-count", [("dates", 1.into())])));
    let choices = vec![
        (Choice::new("date", texts.get("scope-date")), one),
        (Choice::new("following", texts.get("scope-following")), numbers(slot.date)),
        (Choice::new("series", texts.get("scope-series")), numbers(Date::MIN)),
    ];
    let value = match scope {
        Scope::Date => "date",
        Scope::Following => "following",
        Scope::Series => "series",
    };
    let onchange = change.reform(|value: String| {
        let scope = match value.as_str() {
            "following" => Scope::Following,
            "series" => Scope::Series,
            _ => Scope::Date,
        };
        Box::new(move |draft: &mut Draft| draft.scope = scope) as _
    });
    html! { <Segments name="slot-scope" label={texts.get("editor-scope")} {choices} {value} {onchange} /> }
}

/// "4 dates · 1 exception" of a series from a date on.
pub fn in_numbers(view: &SlotView, from: Date, words: &Words) -> String {
    let texts = &words.texts;
    let count = Count::of_from(view.segments.iter(), from);
    let first =
        view.segments.iter().filter_map(|row| row.pattern.first_date()).min().map_or(from, |first| first.max(from));
    let dates = if count.open_ended {
        texts.with("scope-open", [("date", words.date_plain(first).into())])
    } else {
        texts.with("scope-count", [("dates", count.dates.into())])
    };
    let exceptions = view.ledger.iter().filter(|entry| entry.has_effect && entry.date >= from).count();
    if exceptions == 0 {
        return dates;
    }
    let exceptions = texts.with("scope-exceptions", [("n", exceptions.into())]);
    texts.with("scope-both", [("dates", dates.into()), ("exceptions", exceptions.into())])
}
