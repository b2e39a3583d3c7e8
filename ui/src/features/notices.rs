//! What the person should know: what happened at the start, and why the week in view is not a fresh one.

use weekwise_protocol::Notice;
use yew::prelude::*;

use crate::components::{Icon, IconButton};
use crate::features::{account, failure};
use crate::session::{Session, use_session};
use crate::state::{Action, Panel};
use crate::words::Words;

/// The notices that were not dismissed.
#[component]
pub fn Notices() -> Html {
    let session = use_session();
    let Some(view) = &session.week else { return html! {} };
    let fresh: Vec<&Notice> = view.notices.iter().skip(session.dismissed_notices).collect();
    if let Some(error) = &session.trouble {
        return html! {
            <div class="notices" role="alert">
                {Icon::Warning}
                <div><p>{failure::told(error, &session.words())}</p></div>
            </div>
        };
    }
    if fresh.is_empty() {
        return keyring(&session);
    }
    let dismiss = {
        let session = session.clone();
        move |()| session.dispatch(Action::DismissNotices)
    };
    let words = session.words();
    let texts = session.texts();
    html! {
        <div class="notices" role="alert">
            {Icon::Warning}
            <div>
                { for fresh.into_iter().map(|notice| html! { <p>{told(notice, &words)}</p> }) }
            </div>
            <IconButton icon={Icon::Close} label={texts.get("toast-dismiss")} onclick={dismiss} />
        </div>
    }
}

/// That the session is in memory alone, and the way to where that can be mended. The account's panel says it itself.
fn keyring(session: &Session) -> Html {
    let is_told = session.is_keyring_dismissed || session.panel == Panel::Account;
    let Some(fault) = session.sync.keyring.as_ref().filter(|_| !is_told) else { return html! {} };
    let words = session.words();
    let texts = session.texts();
    let open = {
        let session = session.clone();
        move |_| session.toggle(Panel::Account)
    };
    let dismiss = {
        let session = session.clone();
        move |()| session.dispatch(Action::DismissKeyring)
    };
    html! {
        <div class="notices" role="alert">
            {Icon::Warning}
            <div>
                <p>{texts.get("session-in-memory")}{" "}{account::keyring_told(fault, &words)}</p>
            </div>
            <button type="button" class="link" onclick={open}>{texts.get("session-mend")}</button>
            <IconButton icon={Icon::Close} label={texts.get("toast-dismiss")} onclick={dismiss} />
        </div>
    }
}

/// A notice in a few sentences: what happened, what was done about it, and what to do.
fn told(notice: &Notice, words: &Words) -> String {
    let texts = &words.texts;
    match notice {
        Notice::Rebuilt { set_aside, taken, edits, is_whole } => {
            let cause = match set_aside {
                Some(file) => texts.with("notice-damaged", [("file", file.as_str().into())]),
                None => texts.get("notice-gone"),
            };
            let remedy = match taken {
                Some(taken) => {
                    let (date, time) = (words.date_medium(taken.date), words.time(taken.minute));
                    match edits {
                        0 => texts.with("notice-from-snapshot", [("date", date.into()), ("time", time.into())]),
                        _ => texts.with(
                            "notice-from-snapshot-and-edits",
                            [("date", date.into()), ("time", time.into()), ("n", (*edits).into())],
                        ),
                    }
                }
                None => texts.with("notice-from-edits", [("n", (*edits).into())]),
            };
            let advice = if *is_whole { None } else { Some(texts.get("notice-part")) };
            [cause, remedy].into_iter().chain(advice).collect::<Vec<_>>().join(" ")
        }
        Notice::StartedAfresh { set_aside } => texts.with("notice-afresh", [("file", set_aside.as_str().into())]),
        Notice::CaughtUp { edits } => texts.with("notice-caught-up", [("n", (*edits).into())]),
        Notice::DamageFound => texts.get("failure-damaged"),
        Notice::SnapshotFailed { detail } => texts.with("notice-snapshot", [("detail", detail.as_str().into())]),
    }
}
