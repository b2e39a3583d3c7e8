//! What is on this device alone: brought into the account, or left where it is.

use weekwise_protocol::{Apart, SyncState};
use yew::prelude::*;

use super::refusal;
use crate::session::use_session;
use crate::state::{AccountPlace, Action};

/// The question, once what is in the account has come.
#[component]
pub fn ApartNote() -> Html {
    let session = use_session();
    let Some(accounts) = session.accounts.clone() else { return html! {} };
    let Apart { slots, exceptions, alike } = accounts.apart;
    if slots + exceptions == 0 {
        return html! {};
    }
    let words = session.words();
    let texts = session.texts();
    let bring = {
        let session = session.clone();
        move |_| session.bring_along()
    };
    let keep = {
        let session = session.clone();
        move |_| session.dispatch(Action::ApartKept)
    };
    if session.is_apart_kept {
        return html! {
            <p class="hint apart-kept">
                {texts.with("apart-kept", [("n", slots.into())])}
                <button type="button" class="link" onclick={bring}>{texts.get("apart-bring")}</button>
            </p>
        };
    }
    // Before that nobody can tell what is there already.
    let is_known = session.sync.state == SyncState::Synced;
    let is_busy = session.is_busy_with(AccountPlace::Apart) || !is_known;
    let numbers = [("slots", slots.into()), ("exceptions", exceptions.into())];
    html! {
        <div class="note question" role="group" aria-labelledby="apart-title">
            <h3 id="apart-title">{texts.get("apart-title")}</h3>
            <p>{texts.with("apart-numbers", numbers)}</p>
            if alike > 0 { <p>{texts.with("apart-alike", [("n", alike.into())])}</p> }
            if !is_known { <p>{texts.get("apart-not-yet")}</p> }
            <div class="acts">
                <button type="button" class="primary" aria-disabled={is_busy.then_some("true")} onclick={
                    move |event| if !is_busy { bring(event) }
                }>{texts.get("apart-bring")}</button>
                <button type="button" class="quiet" onclick={keep}>{texts.get("apart-keep")}</button>
            </div>
            <p class="hint">{texts.get("apart-hint")}</p>
            { refusal(&session, AccountPlace::Apart, &words) }
        </div>
    }
}
