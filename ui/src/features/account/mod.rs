//! The account: signing in, how sync stands, where else one is signed in, and leaving.

mod apart;
mod devices;
mod leave;
mod password;
mod sign_in;
mod told;

use std::rc::Rc;

use weekwise_protocol::{AccountFailure, AccountInfo, SessionKept, SyncState};
use yew::prelude::*;

use crate::session::{Session, use_session};
use crate::state::{AccountPlace, Action, Panel};
use crate::words::Words;
use apart::ApartNote;
use devices::Devices;
use leave::{DeleteAccount, SignOutPart};
use password::PasswordPart;
use sign_in::SignInForm;
pub use told::{Mood, briefly, keyring_told, trouble_told};

/// The account that is shown, or the way to one.
#[component]
pub fn AccountPanel() -> Html {
    let session = use_session();
    let texts = session.texts();
    let Some(accounts) = session.accounts.clone() else {
        return html! { <p class="quiet">{texts.get("editor-loading")}</p> };
    };
    let shown = accounts.kept.iter().find(|it| Some(it.id) == accounts.shown).cloned();
    html! {
        <div class="account">
            { match shown {
                Some(account) => {
                    let (id, account) = (account.id.to_string(), Rc::new(account));
                    html! { <Shown key={id} {account} /> }
                }
                None => html! {
                    <>
                        <p class="lead">{texts.get("account-why")}</p>
                        <SignInForm key="new" again={None::<Rc<AccountInfo>>} server={accounts.default_server.clone()} />
                    </>
                },
            } }
            { others(&session, &accounts.kept, accounts.shown) }
        </div>
    }
}

/// The properties of what concerns one account.
#[derive(Properties, PartialEq)]
pub struct AccountProps {
    /// The account.
    pub account: Rc<AccountInfo>,
}

/// The account that is shown.
#[component]
fn Shown(props: &AccountProps) -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let AccountProps { account } = props;
    let sync = &session.sync;
    let (mood, _) = briefly(sync, &words);
    let is_signed_in = !matches!(account.session, SessionKept::Nowhere | SessionKept::Gone)
        && !matches!(sync.state, SyncState::SignedOut | SyncState::SignInAgain | SyncState::AccountGone);
    // A keyring that was unlocked since is looked into as well.
    let can_look = is_signed_in || matches!(sync.trouble, Some(AccountFailure::Keyring { .. }));
    let changes = {
        let session = session.clone();
        move |_| session.toggle(Panel::Changes)
    };
    let look = {
        let session = session.clone();
        move |_| session.sync_now()
    };
    html! {
        <>
            <div class="who">
                <b>{if account.name.is_empty() { &account.email } else { &account.name }}</b>
                if !account.name.is_empty() { <span>{&account.email}</span> }
                <span>{&account.server}</span>
            </div>
            <div class={classes!("sync-state", mood.class())} role="status">
                <span class="dot" aria-hidden="true"></span>
                <p>{told::at_length(sync, &words)}</p>
            </div>
            <div class="acts">
                if can_look { <button type="button" class="quiet" onclick={look}>{texts.get("account-sync-now")}</button> }
                <button type="button" class="quiet" onclick={changes}>{texts.get("account-changes")}</button>
            </div>
            if is_signed_in {
                <ApartNote />
                <SessionPart account={account.clone()} />
                <Devices />
                <PasswordPart />
            } else if account.session != SessionKept::Gone && sync.state != SyncState::AccountGone {
                <h3>{texts.get("account-again")}</h3>
                <SignInForm again={Some(account.clone())} server={account.server.clone()} />
            }
            <SignOutPart account={account.clone()} {is_signed_in} />
            if is_signed_in { <DeleteAccount /> }
        </>
    }
}

/// Where the session is kept, where that is not the keyring.
#[component]
fn SessionPart(props: &AccountProps) -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let is_busy = session.is_busy_with(AccountPlace::Session);
    let keep = |in_file: bool| {
        let session = session.clone();
        move |_| session.keep_session(in_file)
    };
    let told = match props.account.session {
        SessionKept::Keyring | SessionKept::Nowhere | SessionKept::Gone => return html! {},
        SessionKept::File => texts.get("session-in-file"),
        SessionKept::Memory => match &session.sync.keyring {
            Some(fault) => format!("{} {}", texts.get("session-in-memory"), keyring_told(fault, &words)),
            None => texts.get("session-in-memory"),
        },
    };
    html! {
        <div class="note">
            <p>{told}</p>
            <div class="acts">
                <button type="button" class="quiet" disabled={is_busy} onclick={keep(false)}>{texts.get("session-to-keyring")}</button>
                if props.account.session == SessionKept::Memory {
                    <button type="button" class="quiet" disabled={is_busy} onclick={keep(true)}>{texts.get("session-to-file")}</button>
                    <p class="hint">{texts.get("session-to-file-hint")}</p>
                }
            </div>
            { refusal(&session, AccountPlace::Session, &words) }
        </div>
    }
}

/// What else can be shown: other accounts, and the week without one.
fn others(session: &Session, kept: &[AccountInfo], shown: Option<uuid::Uuid>) -> Html {
    let texts = session.texts();
    let rest: Vec<_> = kept.iter().filter(|it| Some(it.id) != shown).collect();
    if rest.is_empty() && shown.is_none() {
        return html! {};
    }
    let show = |id: Option<uuid::Uuid>| {
        let session = session.clone();
        move |_| session.show_account(id)
    };
    html! {
        <section class="other-accounts">
            <h3>{texts.get("account-others")}</h3>
            <ul>
                if shown.is_some() {
                    <li>
                        <button type="button" class="act" onclick={show(None)}>
                            <span>{texts.get("account-local")}</span><small>{texts.get("account-show")}</small>
                        </button>
                    </li>
                }
                { for rest.into_iter().map(|it| html! {
                    <li key={it.id.to_string()}>
                        <button type="button" class="act" onclick={show(Some(it.id))}>
                            <span>
                                {&it.email}<small class="server">{&it.server}</small>
                                if it.session == SessionKept::Gone { <small class="server">{texts.get("sync-account-gone")}</small> }
                            </span>
                            <small>{texts.get("account-show")}</small>
                        </button>
                    </li>
                }) }
            </ul>
            if shown.is_some() {
                <p class="hint">{texts.get("account-another-hint")}</p>
            }
            { refusal(session, AccountPlace::Others, &session.words()) }
        </section>
    }
}

/// Why the last act of a place was not done.
fn refusal(session: &Session, place: AccountPlace, words: &Words) -> Html {
    match session.account_refusal.as_deref() {
        Some((at, error)) if *at == place => html! {
            <div class="refusal" role="alert"><p>{super::failure::told(error, words)}</p></div>
        },
        _ => html! {},
    }
}

/// A part that is folded until it is needed.
fn folded(title: String, body: Html) -> Html {
    html! {
        <details class="folded">
            <summary>{title}</summary>
            {body}
        </details>
    }
}

/// Takes what is typed into a field of a form, and forgets what was refused before.
fn typing<T: Clone + PartialEq + 'static>(
    session: &Session,
    typed: &UseStateHandle<T>,
    set: fn(&mut T, String),
) -> Callback<String> {
    let (session, typed) = (session.clone(), typed.clone());
    Callback::from(move |value: String| {
        let mut next = (*typed).clone();
        set(&mut next, value);
        typed.set(next);
        forget_refusal(&session);
    })
}

/// Forgets what was refused, as soon as something is typed.
fn forget_refusal(session: &Session) {
    if session.account_refusal.is_some() {
        session.dispatch(Action::AccountRefusalDone);
    }
}
