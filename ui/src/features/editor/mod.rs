//! The inspector beside the week: a slot on a date, its series, or a new slot.

mod acts;
pub mod draft;
mod form;
mod ledger;
mod meaning;
mod outlook;
mod scope;

use weekwise_domain::{Date, Edit, Weekday};
use weekwise_protocol::{Failure, SlotRequest};
use yew::prelude::*;

use crate::components::{Icon, IconButton};
use crate::features::failure;
use crate::ipc::CallError;
use crate::session::{Session, fresh_id, use_session};
use crate::state::{Action, DraftKey, NewSlot, Panel, State};
use crate::words::Words;
use acts::DeleteActs;
use draft::{Draft, Origin, Scope};
use form::Form;
use ledger::Ledger;
use meaning::Context;
use outlook::Outlook;
use scope::ScopeField;

/// The edit that a new slot's draft stands for at the moment, if its fields fit.
pub fn meaning_of_new(
    draft: &Draft,
    place: NewSlot,
    words: &Words,
    first_weekday: Weekday,
    today: Date,
) -> Option<Edit> {
    let origin = Origin::New { date: place.date, time: place.time };
    Context { origin, words, first_weekday, today }.edit(draft).ok().flatten()
}

/// The inspector for a new slot.
#[component]
pub fn NewInspector() -> Html {
    let session = use_session();
    let Some(NewSlot { date, time }) = session.new_slot else { return html! {} };
    inspector(&session, DraftKey::New, Origin::New { date, time })
}

/// The properties of the inspector for a slot on a date.
#[derive(Properties, PartialEq)]
pub struct SlotInspectorProps {
    /// The slot and the date.
    pub slot: SlotRequest,
}

/// The inspector for a slot on a date.
#[component]
pub fn SlotInspector(props: &SlotInspectorProps) -> Html {
    let session = use_session();
    let key = props.slot;
    match session.slot.clone() {
        Some(view) if !view.segments.is_empty() => {
            inspector(&session, DraftKey::Slot(key), Origin::Slot { key, view: &view })
        }
        _ => html! { <p class="quiet">{session.texts().get("editor-loading")}</p> },
    }
}

fn inspector(session: &Session, key: DraftKey, origin: Origin<'_>) -> Html {
    let texts = session.texts();
    let words = session.words();
    let draft = session.draft(key).cloned().unwrap_or_else(|| Draft::new(Scope::Date, fresh_id()));
    let scope = if origin.is_once() { Scope::Series } else { draft.scope };
    let context = Context { origin, words: &words, first_weekday: session.first_weekday(), today: session.today() };
    let base = origin.base(scope, &words);
    let meaning = context.edit(&draft);
    let is_new = key == DraftKey::New;
    let is_dirty = draft.is_dirty(&base);

    let change = {
        let (session, draft) = (session.clone(), draft.clone());
        Callback::from(move |edit: Box<dyn FnOnce(&mut Draft)>| {
            let mut draft = draft.clone();
            edit(&mut draft);
            session.dispatch(Action::Typed(key, Box::new(draft)));
        })
    };
    let save = {
        let (session, meaning) = (session.clone(), meaning.clone());
        Callback::from(move |limit| match &meaning {
            Ok(Some(edit)) if !session.is_saving => session.save(key, edit.clone(), limit),
            _ => {}
        })
    };
    let onsubmit = {
        let save = save.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            save.emit(None);
        }
    };
    let make_two = is_new.then(|| context.past_midnight(&draft, fresh_id())).flatten().map(|both| {
        let session = session.clone();
        Callback::from(move |limit| {
            if !session.is_saving {
                session.save_two(both.clone(), limit);
            }
        })
    });
    let save_again = make_two.clone().unwrap_or_else(|| save.clone());
    let discard = {
        let session = session.clone();
        move |_| session.dispatch(Action::DraftDone(key))
    };
    let can_save = matches!(meaning, Ok(Some(_))) && !session.is_saving;
    let problems = meaning.as_ref().err().cloned().unwrap_or_default();
    html! {
        <form class="inspector-form" {onsubmit} novalidate=true>
            {standing_note(session, key, origin, &words)}
            if !origin.is_once() {
                if let Origin::Slot { key, view } = origin {
                    <ScopeField slot={key} view={view.clone()} scope={draft.scope} words={words.clone()} change={change.clone()} />
                }
            }
            <Form values={draft.values(&base)} {scope} {is_new} is_once={origin.is_once()}
                is_cancelled={origin.exception().is_some_and(|exception| exception.as_override().is_none())}
                can_restart={scope != Scope::Date && draft.values(&base).every > 1 && !is_new}
                restarts={draft.typed.restart} {problems} words={words.clone()} today={session.today()}
                first_weekday={session.first_weekday()} change={change.clone()} {make_two} />
            if scope != Scope::Date || is_new {
                <Outlook edit={meaning.clone().ok().flatten()} draft_key={key} slot={session.slot.clone()} words={words.clone()}
                    today={session.today()} displaced={draft.displaced} change={change.clone()} />
            }
            <div class="form-foot">
                {refusal(session, &words, &save_again)}
                <div class="save-row">
                    <button type="submit" class="primary" aria-disabled={(!can_save).then_some("true")}>
                        {texts.get(if is_new { "editor-add" } else { "editor-save" })}
                    </button>
                    if is_new || is_dirty {
                        <button type="button" class="quiet" onclick={discard}>
                            {texts.get(if is_new { "editor-discard-new" } else { "editor-discard" })}
                        </button>
                    }
                </div>
            </div>
            if let Origin::Slot { key, view } = origin {
                if !origin.is_once() {
                    <Ledger slot={key} view={view.clone()} words={words.clone()} />
                }
                <DeleteActs slot={key} view={view.clone()} is_once={origin.is_once()} words={words.clone()} />
            }
        </form>
    }
}

/// What is different on the open date, and the way back.
fn standing_note(session: &Session, key: DraftKey, origin: Origin<'_>, words: &Words) -> Html {
    let texts = session.texts();
    let (DraftKey::Slot(slot), Some(segment)) = (key, origin.segment()) else { return html! {} };
    if !segment.active {
        return html! { <div class="note">{texts.get("in-trash-note")}</div> };
    }
    let Some(exception) = origin.exception().filter(|_| segment.pattern.occurs_on(slot.date)) else { return html! {} };
    let id = if exception.as_override().is_some() { "editor-date-changed" } else { "editor-date-cancelled" };
    let pattern = pattern_in_words(segment, words);
    let put_back = {
        let session = session.clone();
        move |_| session.put_back(slot)
    };
    html! {
        <div class="note">
            <span>{texts.with(id, [("pattern", pattern.into())])}</span>{" "}
            <button type="button" class="link" onclick={put_back}>{texts.get("editor-put-back")}</button>
        </div>
    }
}

fn pattern_in_words(segment: &weekwise_domain::Schedule, words: &Words) -> String {
    let pattern = &segment.pattern;
    let values = [("weekdays", words.weekdays(pattern.day_of_week).into()), ("time", words.times(pattern.time).into())];
    words.texts.with("editor-pattern", values)
}

/// Why the last save was refused, and the way out where there is one.
fn refusal(session: &Session, words: &Words, save: &Callback<Option<weekwise_domain::SlotLimit>>) -> Html {
    let Some(error) = session.refusal.clone() else { return html! {} };
    let allow = match &*error {
        CallError::Failed(Failure::Refused { error: weekwise_domain::EditError::SlotLimit { over, .. } }) => {
            State::limit_to_allow(over.slots)
        }
        _ => None,
    };
    html! {
        <div class="refusal" role="alert">
            <span>{failure::told(&error, words)}</span>
            if let Some(limit) = allow {
                <button type="button" onclick={save.reform(move |_| Some(limit))}>
                    {words.texts.with("limit-allow", [("n", i64::from(limit.number()).into())])}
                </button>
            }
        </div>
    }
}

/// The head of the inspector: what is open, and the way out.
#[derive(Properties, PartialEq)]
pub struct PanelHeadProps {
    /// What is open.
    pub title: AttrValue,
}

/// The head of a panel.
#[component]
pub fn PanelHead(props: &PanelHeadProps) -> Html {
    let session = use_session();
    let close = {
        let session = session.clone();
        move |()| session.dispatch(Action::Open(Panel::None))
    };
    html! {
        <div class="panel-head">
            <h2 id="panel-title">{props.title.clone()}</h2>
            <IconButton icon={Icon::Close} label={session.texts().get("editor-close")} onclick={close} />
        </div>
    }
}
