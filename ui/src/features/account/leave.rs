//! Signing out, and deleting the account.

use std::rc::Rc;

use weekwise_protocol::AccountInfo;
use yew::prelude::*;

use super::{folded, refusal, typing};
use crate::components::{TextField, focus_panel_again};
use crate::session::use_session;
use crate::state::AccountPlace;

/// The properties of signing out.
#[derive(Properties, PartialEq)]
pub struct SignOutProps {
    /// The account.
    pub account: Rc<AccountInfo>,
    /// Whether there is a session to end.
    pub is_signed_in: bool,
}

/// Signing out. With edits that wait it says first what becomes of them.
#[component]
pub fn SignOutPart(props: &SignOutProps) -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let is_asking = use_state_eq(|| false);
    // The button that had the keyboard gives way to the question, and that to the button.
    use_effect_with(*is_asking, |_| focus_panel_again());
    let waiting = session.sync.waiting;
    let leave = {
        let (session, is_asking) = (session.clone(), is_asking.clone());
        move |_| {
            if waiting > 0 && !*is_asking {
                is_asking.set(true);
            } else {
                is_asking.set(false);
                session.sign_out();
            }
        }
    };
    let stay = {
        let is_asking = is_asking.clone();
        move |_| is_asking.set(false)
    };
    let export = {
        let session = session.clone();
        move |_| session.export()
    };
    if !props.is_signed_in {
        return html! {
            <div class="acts leave">
                <button type="button" class="quiet" onclick={export}>{texts.get("settings-export")}</button>
            </div>
        };
    }
    html! {
        <section class="leave">
            if *is_asking {
                <div class="note question" role="alert">
                    <p>{texts.with("sign-out-waiting", [("n", waiting.into())])}</p>
                    <div class="acts">
                        <button type="button" class="quiet" onclick={stay}>{texts.get("sign-out-stay")}</button>
                        <button type="button" class="quiet" onclick={leave.clone()}>{texts.get("sign-out-anyway")}</button>
                    </div>
                </div>
            } else {
                <div class="acts">
                    <button type="button" class="quiet" onclick={leave}>{texts.get("sign-out")}</button>
                    <button type="button" class="quiet" onclick={export}>{texts.get("settings-export")}</button>
                </div>
                <p class="hint">{texts.get("sign-out-hint")}</p>
            }
            { refusal(&session, AccountPlace::SignOut, &words) }
        </section>
    }
}

/// Deleting the account, with the password as a confirmation.
#[component]
pub fn DeleteAccount() -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let password = use_state_eq(String::new);
    let oninput = typing(&session, &password, |password, value| *password = value);
    let is_ready = !password.is_empty() && !session.is_busy_with(AccountPlace::Delete);
    let onsubmit = {
        let (session, password) = (session.clone(), password.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if is_ready {
                session.delete_account((*password).clone());
            }
        }
    };
    folded(
        texts.get("delete-title"),
        html! {
            <form {onsubmit} novalidate=true>
                <p>{texts.get("delete-text")}</p>
                <TextField id="delete-password" label={texts.get("account-password")} value={(*password).clone()} is_secret=true {oninput} />
                { refusal(&session, AccountPlace::Delete, &words) }
                <button type="submit" class="quiet danger" aria-disabled={(!is_ready).then_some("true")}>{texts.get("delete-do")}</button>
            </form>
        },
    )
}
