//! Signing in, or making an account.

use std::rc::Rc;

use weekwise_protocol::{AccountFailure, AccountInfo, Failure, SignIn, SignUp};
use yew::prelude::*;

use super::{forget_refusal, refusal, typing};
use crate::components::TextField;
use crate::features::failure;
use crate::ipc::CallError;
use crate::session::use_session;
use crate::state::AccountPlace;

/// The properties of the form.
#[derive(Properties, PartialEq)]
pub struct SignInProps {
    /// The account whose session has ended; none is any account.
    pub again: Option<Rc<AccountInfo>>,
    /// The server that is proposed.
    pub server: AttrValue,
}

#[derive(Clone, Default, PartialEq)]
struct Typed {
    is_new: bool,
    /// None is the one that is proposed.
    server: Option<String>,
    name: String,
    email: String,
    password: String,
    /// Whether it was sent with something missing.
    is_tried: bool,
}

/// The field that a refusal is about.
#[derive(Clone, Copy, PartialEq)]
enum Field {
    Server,
    Email,
    Password,
}

/// The form.
#[component]
pub fn SignInForm(props: &SignInProps) -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let typed = use_state_eq(Typed::default);
    let SignInProps { again, server } = props;
    let change = |set: fn(&mut Typed, String)| typing(&session, &typed, set);
    let choose = |is_new: bool| {
        let (typed, session) = (typed.clone(), session.clone());
        move |_| {
            typed.set(Typed { is_new, is_tried: false, ..(*typed).clone() });
            forget_refusal(&session);
        }
    };
    let is_busy = session.is_busy_with(AccountPlace::SignIn);
    let refused = session.account_refusal.as_deref().filter(|(at, _)| *at == AccountPlace::SignIn);
    // Whoever signs in again is shown the password alone.
    let is_shown = |field: &Field| again.is_none() || *field == Field::Password;
    let about = refused.and_then(|(_, error)| field_of(error)).filter(is_shown);
    let problem = |field: Field, is_missing: bool, missing: &str| -> Option<AttrValue> {
        match refused {
            Some((_, error)) if about == Some(field) => Some(failure::told(error, &words).into()),
            _ if typed.is_tried && is_missing => Some(texts.get(missing).into()),
            _ => None,
        }
    };
    let email = again.as_ref().map_or_else(|| typed.email.trim().to_owned(), |account| account.email.clone());
    let server_typed = typed.server.clone().unwrap_or_else(|| server.to_string());
    let is_missing_name = typed.is_new && typed.name.trim().is_empty();
    let is_missing = [email.as_str(), &typed.password, server_typed.trim()].contains(&"") || is_missing_name;
    let onsubmit = {
        let (session, typed) = (session.clone(), typed.clone());
        let (server, email) = (server_typed.clone(), email.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if is_missing {
                typed.set(Typed { is_tried: true, ..(*typed).clone() });
                return;
            }
            if is_busy {
                return;
            }
            let (server, email, password) = (server.clone(), email.clone(), typed.password.clone());
            match typed.is_new {
                true => session.sign_up(SignUp { server, name: typed.name.trim().to_owned(), email, password }),
                false => session.sign_in(SignIn { server, email, password }),
            }
        }
    };
    let label = match (is_busy, typed.is_new) {
        (true, _) => "account-wait",
        (false, true) => "account-create",
        (false, false) => "account-sign-in",
    };
    html! {
        <form class="sign-in" {onsubmit} novalidate=true>
            if again.is_none() {
                <div class="views" role="group" aria-label={texts.get("account-way")}>
                    <button type="button" aria-pressed={(!typed.is_new).to_string()} onclick={choose(false)}>{texts.get("account-sign-in-tab")}</button>
                    <button type="button" aria-pressed={typed.is_new.to_string()} onclick={choose(true)}>{texts.get("account-create-tab")}</button>
                </div>
                <TextField id="account-server" label={texts.get("account-server")} value={server_typed.clone()}
                    placeholder="https://week.example"
                    problem={problem(Field::Server, server_typed.trim().is_empty(), "account-server-missing")}
                    oninput={change(|typed, value| typed.server = Some(value))} />
                if typed.is_new {
                    <TextField id="account-name" label={texts.get("account-name")} value={typed.name.clone()}
                        problem={(typed.is_tried && is_missing_name).then(|| AttrValue::from(texts.get("account-name-missing")))}
                        oninput={change(|typed, value| typed.name = value)} />
                }
                <TextField id="account-email" label={texts.get("account-email")} value={typed.email.clone()}
                    problem={problem(Field::Email, email.is_empty(), "account-email-missing")}
                    oninput={change(|typed, value| typed.email = value)} />
            }
            <TextField id="account-password" label={texts.get("account-password")} value={typed.password.clone()} is_secret=true
                problem={problem(Field::Password, typed.password.is_empty(), "account-password-missing")}
                oninput={change(|typed, value| typed.password = value)} />
            if typed.is_new { <p class="hint">{texts.get("account-password-hint")}</p> }
            if about.is_none() { { refusal(&session, AccountPlace::SignIn, &words) } }
            <div class="save-row">
                <button type="submit" class="primary" aria-disabled={is_busy.then_some("true")}>{texts.get(label)}</button>
            </div>
        </form>
    }
}

/// The field that is wrong, where it is one.
fn field_of(error: &CallError) -> Option<Field> {
    let CallError::Failed(Failure::Account { error }) = error else { return None };
    match error {
        AccountFailure::BadServer
        | AccountFailure::InTheClear
        | AccountFailure::Redirected { .. }
        | AccountFailure::NotWeekwise { .. }
        | AccountFailure::NotProven { .. }
        | AccountFailure::Unreachable { .. } => Some(Field::Server),
        AccountFailure::BadEmail | AccountFailure::EmailTaken => Some(Field::Email),
        AccountFailure::WrongCredentials | AccountFailure::PasswordTooShort | AccountFailure::PasswordTooLong => {
            Some(Field::Password)
        }
        _ => None,
    }
}
