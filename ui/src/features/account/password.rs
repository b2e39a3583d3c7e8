//! Another password.

use weekwise_protocol::{AccountFailure, ChangePassword, Failure};
use yew::prelude::*;

use super::{folded, refusal, typing};
use crate::components::TextField;
use crate::features::failure;
use crate::ipc::CallError;
use crate::session::use_session;
use crate::state::AccountPlace;

#[derive(Clone, Default, PartialEq)]
struct Typed {
    current: String,
    new: String,
    end_others: bool,
}

/// The form for it.
#[component]
pub fn PasswordPart() -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let typed = use_state_eq(Typed::default);
    let change = |set: fn(&mut Typed, String)| typing(&session, &typed, set);
    let others = {
        let typed = typed.clone();
        move |_| typed.set(Typed { end_others: !typed.end_others, ..(*typed).clone() })
    };
    let is_busy = session.is_busy_with(AccountPlace::Password);
    let is_complete = !typed.current.is_empty() && !typed.new.is_empty();
    let onsubmit = {
        let (session, typed) = (session.clone(), typed.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if is_complete && !is_busy {
                let Typed { current, new, end_others } = (*typed).clone();
                let done = {
                    let typed = typed.clone();
                    move || typed.set(Typed::default())
                };
                session.change_password(ChangePassword { current, new, end_others }, done);
            }
        }
    };
    let refused = session.account_refusal.as_deref().filter(|(at, _)| *at == AccountPlace::Password);
    let is_of_new = |error: &CallError| {
        matches!(
            error,
            CallError::Failed(Failure::Account {
                error: AccountFailure::PasswordTooShort | AccountFailure::PasswordTooLong
            })
        )
    };
    let is_of_current = |error: &CallError| {
        matches!(error, CallError::Failed(Failure::Account { error: AccountFailure::WrongPassword }))
    };
    let problem = |is_of: &dyn Fn(&CallError) -> bool| -> Option<AttrValue> {
        refused.filter(|(_, error)| is_of(error)).map(|(_, error)| failure::told(error, &words).into())
    };
    let (current, new) = (problem(&is_of_current), problem(&is_of_new));
    let is_elsewhere = current.is_none() && new.is_none();
    folded(
        texts.get("password-title"),
        html! {
            <form {onsubmit} novalidate=true>
                <TextField id="password-current" label={texts.get("password-current")} value={typed.current.clone()} is_secret=true
                    problem={current} oninput={change(|typed, value| typed.current = value)} />
                <TextField id="password-new" label={texts.get("password-new")} value={typed.new.clone()} is_secret=true
                    problem={new} oninput={change(|typed, value| typed.new = value)} />
                <p class="hint">{texts.get("account-password-hint")}</p>
                <label class="check">
                    <input type="checkbox" checked={typed.end_others} onchange={others} />
                    <span>{texts.get("password-end-others")}</span>
                </label>
                if is_elsewhere { { refusal(&session, AccountPlace::Password, &words) } }
                <button type="submit" class="quiet" aria-disabled={(!is_complete || is_busy).then_some("true")}>{texts.get("password-save")}</button>
            </form>
        },
    )
}
