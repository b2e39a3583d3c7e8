//! What an edit of a series would come to, before it is saved: its next dates, what becomes of changed
//! dates, and what it would overlap.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use weekwise_domain::{Date, DateRange, Displaced, Edit, Request, Rows, ScheduleId, SlotLimit, plan};
use weekwise_protocol::{PreviewEdit, Previewed, SlotView};
use yew::prelude::*;

use super::draft::Draft;
use super::form::Change;
use crate::ipc;
use crate::state::DraftKey;
use crate::words::Words;

/// How many dates are shown ahead.
const AHEAD: usize = 5;
/// How long typing must rest before the shell is asked, in milliseconds.
const REST: u32 = 150;

/// The properties of the outlook.
#[derive(Properties, PartialEq)]
pub struct OutlookProps {
    /// The edit, if its fields fit and it changes something.
    pub edit: Option<Edit>,
    /// What it is of.
    pub draft_key: DraftKey,
    /// The series as it is.
    pub slot: Option<Rc<SlotView>>,
    /// The words.
    pub words: Words,
    /// Today.
    pub today: Date,
    /// What becomes of changed dates that the series leaves.
    pub displaced: Displaced,
    /// Changes the draft.
    pub change: Change,
}

/// What an edit would come to.
#[component]
pub fn Outlook(props: &OutlookProps) -> Html {
    let OutlookProps { edit, slot, words, today, displaced, change, .. } = props;
    let texts = &words.texts;
    let previewed = use_state_eq(|| None::<Previewed>);
    use_effect_with(edit.clone(), {
        let previewed = previewed.clone();
        move |edit: &Option<Edit>| {
            let timeout = match edit.clone() {
                None => {
                    previewed.set(None);
                    None
                }
                Some(edit) => Some(Timeout::new(REST, move || {
                    wasm_bindgen_futures::spawn_local(async move {
                        // A refusal is told when saving; until then the outlook just says less.
                        let request = Request { edit, raise_slot_limit: Some(SlotLimit::MAX) };
                        previewed.set(ipc::call(&PreviewEdit { request }).await.ok());
                    });
                })),
            };
            move || drop(timeout)
        }
    });
    let next = next_dates(edit.as_ref(), slot.as_deref(), *today);
    let tally = previewed.as_ref().map(|it| it.preview.exceptions).unwrap_or_default();
    let loses = tally.carried + tally.without_effect > 0 || *displaced == Displaced::Leave;
    let line = |id: &str, n: u32| (n > 0).then(|| html! { <li>{texts.with(id, [("n", n.into())])}</li> });
    html! {
        <div class="outlook" aria-live="polite">
            <h3>{texts.get("editor-next-dates")}</h3>
            if next.is_empty() {
                <p class="quiet">{texts.get("editor-no-next-dates")}</p>
            } else {
                <ul class="next-dates">
                    { for next.iter().map(|date| html! { <li key={date.to_string()}>{words.date_short(*date)}</li> }) }
                </ul>
            }
            if edit.is_some() {
                <ul class="consequences">
                    {line("exceptions-kept", tally.kept)}
                    {line("exceptions-carried", tally.carried)}
                    {line("exceptions-without-effect", tally.without_effect)}
                    {line("exceptions-again", tally.effective_again)}
                    { for previewed.iter().flat_map(|it| it.overlaps.iter()).map(|overlap| {
                        let title = if overlap.title.is_empty() { texts.get("block-untitled") } else { overlap.title.to_string() };
                        let values = [
                            ("title", title.into()),
                            ("date", words.date_short(overlap.date).into()),
                            ("time", words.times(overlap.time).into()),
                        ];
                        html! { <li class="warning">{texts.with("overlap-warning", values)}</li> }
                    }) }
                </ul>
                if loses {
                    <label class="check">
                        <input type="checkbox" checked={*displaced == Displaced::Leave} onchange={change.reform(|_| {
                            Box::new(|draft: &mut Draft| {
                                draft.displaced = if draft.displaced == Displaced::Leave { Displaced::Carry } else { Displaced::Leave };
                            }) as _
                        })} />
                        <span>{texts.get("exceptions-leave")}</span>
                    </label>
                }
            }
        </div>
    }
}

/// The next dates of the pattern from today on, with the edit where there is one.
fn next_dates(edit: Option<&Edit>, slot: Option<&SlotView>, today: Date) -> Vec<Date> {
    let mut rows = Rows::default();
    for row in slot.iter().flat_map(|view| &view.segments) {
        rows.schedules.insert(row.id, row.clone());
    }
    if let Some(edit) = edit {
        let request = Request { edit: edit.clone(), raise_slot_limit: Some(SlotLimit::MAX) };
        if let Ok(plan) = plan(&request, &rows) {
            rows.apply(&plan.changes);
        }
    }
    let Some(ahead) = DateRange::new(today, Date::MAX) else { return Vec::new() };
    let of_row = |(_, row): (&ScheduleId, &weekwise_domain::Schedule)| {
        row.pattern.dates_in(ahead).take(AHEAD).collect::<Vec<_>>()
    };
    let mut dates: Vec<Date> = rows.schedules.iter().flat_map(of_row).collect();
    dates.sort_unstable();
    dates.truncate(AHEAD);
    dates
}
