//! How sync stands, in words: in a few at the top of the window, and at length where there is room.

use weekwise_protocol::{AccountFailure, KeyringFault, SyncState, SyncView};

use crate::words::Words;

/// How it looks: all is well, something is under way, something is in the way, or a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    Busy,
    Apart,
    Needed,
}

impl Mood {
    /// The class of what shows it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Well => "good",
            Self::Busy => "busy",
            Self::Apart => "apart",
            Self::Needed => "bad",
        }
    }
}

/// How it stands, in a word or two.
pub fn briefly(sync: &SyncView, words: &Words) -> (Mood, String) {
    let texts = &words.texts;
    let waiting = || texts.with("sync-waiting", [("n", sync.waiting.into())]);
    let (mood, text) = match sync.state {
        SyncState::Local => (Mood::Well, texts.get("status-saved")),
        SyncState::Synced => match sync.reached {
            Some(at) => (Mood::Well, texts.with("sync-synced-at", [("time", words.time(at.minute).into())])),
            None => (Mood::Well, texts.get("sync-synced")),
        },
        SyncState::Syncing if sync.waiting > 0 => (Mood::Busy, waiting()),
        SyncState::Syncing => (Mood::Busy, texts.get("sync-syncing")),
        SyncState::Offline => (Mood::Apart, texts.get("sync-offline")),
        SyncState::SignedOut => (Mood::Apart, texts.get("sync-signed-out")),
        SyncState::SignInAgain => (Mood::Needed, texts.get("sync-sign-in-again")),
        SyncState::AccountGone => (Mood::Needed, texts.get("sync-account-gone")),
        SyncState::Outdated => (Mood::Needed, texts.get("sync-outdated")),
        SyncState::ServerOutdated => (Mood::Apart, texts.get("sync-server-outdated")),
    };
    let says_so = matches!(sync.state, SyncState::Local | SyncState::Synced | SyncState::Syncing);
    if sync.waiting == 0 || says_so {
        return (mood, text);
    }
    (mood, texts.with("sync-and-waiting", [("state", text.into()), ("waiting", waiting().into())]))
}

/// How it stands, in a sentence or two: what that means for the week, and what to do.
pub fn at_length(sync: &SyncView, words: &Words) -> String {
    let texts = &words.texts;
    let mut told = match sync.state {
        SyncState::Local => texts.get("sync-long-local"),
        SyncState::Synced => texts.get("sync-long-synced"),
        SyncState::Syncing => texts.get("sync-long-syncing"),
        SyncState::Offline => match &sync.trouble {
            Some(trouble) => trouble_told(trouble, words),
            None => texts.get("sync-long-offline"),
        },
        SyncState::SignedOut => texts.get("sync-long-signed-out"),
        SyncState::SignInAgain => match &sync.trouble {
            Some(AccountFailure::Keyring { fault }) => {
                texts.with("sync-long-keyring", [("why", unreadable(fault, words).into())])
            }
            Some(trouble) => trouble_told(trouble, words),
            None => texts.get("sync-long-sign-in-again"),
        },
        SyncState::AccountGone => texts.get("sync-long-account-gone"),
        SyncState::Outdated => texts.get("failure-outdated"),
        SyncState::ServerOutdated => texts.get("failure-server-outdated"),
    };
    if sync.waiting > 0 {
        told.push(' ');
        told.push_str(&texts.with("sync-long-waiting", [("n", sync.waiting.into())]));
    }
    told
}

/// Why something about an account was not done: what happened, and what to do.
pub fn trouble_told(trouble: &AccountFailure, words: &Words) -> String {
    let texts = &words.texts;
    match trouble {
        AccountFailure::BadServer => texts.get("failure-bad-server"),
        AccountFailure::InTheClear => texts.get("failure-in-the-clear"),
        AccountFailure::Unreachable { server, why } => {
            texts.with("failure-unreachable", [("server", server.as_str().into()), ("why", why.as_str().into())])
        }
        AccountFailure::Redirected { server } => texts.with("failure-redirected", [("server", server.as_str().into())]),
        AccountFailure::NotWeekwise { server, what } => {
            texts.with("failure-not-weekwise", [("server", server.as_str().into()), ("what", what.as_str().into())])
        }
        AccountFailure::NotProven { server, why } => {
            texts.with("failure-not-proven", [("server", server.as_str().into()), ("why", why.as_str().into())])
        }
        AccountFailure::NoTls { why } => texts.with("failure-no-tls", [("why", why.as_str().into())]),
        AccountFailure::ServerOutdated => texts.get("failure-server-outdated"),
        AccountFailure::Outdated => texts.get("failure-outdated"),
        AccountFailure::WrongCredentials => texts.get("failure-wrong-credentials"),
        AccountFailure::WrongPassword => texts.get("failure-wrong-password"),
        AccountFailure::EmailTaken => texts.get("failure-email-taken"),
        AccountFailure::BadEmail => texts.get("failure-bad-email"),
        AccountFailure::PasswordTooShort => texts.get("failure-password-short"),
        AccountFailure::PasswordTooLong => texts.get("failure-password-long"),
        AccountFailure::TooMany { seconds } => {
            texts.with("failure-too-many", [("seconds", i64::try_from(*seconds).unwrap_or(i64::MAX).into())])
        }
        AccountFailure::OutOfOrder => texts.get("failure-out-of-order"),
        AccountFailure::NoSuchDevice => texts.get("failure-no-such-device"),
        AccountFailure::Refused { message } => texts.with("failure-refused", [("message", message.as_str().into())]),
        AccountFailure::Keyring { fault } => keyring_told(fault, words),
        AccountFailure::Storage { detail } => texts.with("failure-sync-storage", [("detail", detail.as_str().into())]),
        AccountFailure::SignedOut => texts.get("sync-long-signed-out"),
    }
}

/// Why the keyring does not keep a session, and how to mend that.
pub fn keyring_told(fault: &KeyringFault, words: &Words) -> String {
    let texts = &words.texts;
    match fault {
        KeyringFault::Absent => texts.get("keyring-absent"),
        KeyringFault::NotSetUp => texts.get("keyring-not-set-up"),
        KeyringFault::Locked => texts.get("keyring-locked"),
        KeyringFault::Silent => texts.get("keyring-silent"),
        KeyringFault::Refused { detail } => texts.with("keyring-refused", [("detail", detail.as_str().into())]),
    }
}

/// Why a session that is in the keyring cannot be read.
fn unreadable(fault: &KeyringFault, words: &Words) -> String {
    let texts = &words.texts;
    match fault {
        KeyringFault::Absent => texts.get("keyring-why-absent"),
        KeyringFault::NotSetUp => texts.get("keyring-why-not-set-up"),
        KeyringFault::Locked => texts.get("keyring-why-locked"),
        KeyringFault::Silent => texts.get("keyring-why-silent"),
        KeyringFault::Refused { detail } => texts.with("keyring-why-refused", [("detail", detail.as_str().into())]),
    }
}

#[cfg(test)]
mod tests {
    use weekwise_domain::Clock;
    use weekwise_protocol::Now;

    use super::*;
    use crate::texts::Texts;

    fn words() -> Words {
        Words { texts: Texts::english(), clock: Clock::H24 }
    }

    fn view(state: SyncState, waiting: u32) -> SyncView {
        SyncView { state, waiting, ..SyncView::default() }
    }

    #[test]
    fn a_few_words_say_how_it_stands_and_what_waits() {
        let reached = Some(Now { date: "2026-11-25".parse().unwrap(), minute: "10:42".parse().unwrap() });
        let synced = SyncView { reached, ..view(SyncState::Synced, 0) };
        for (sync, expected) in [
            (view(SyncState::Local, 0), "Saved on this device"),
            (view(SyncState::Syncing, 0), "Syncing…"),
            (view(SyncState::Syncing, 3), "3 waiting"),
            (synced, "Synced 10:42"),
            (view(SyncState::Offline, 0), "Offline"),
            (view(SyncState::Offline, 1), "Offline, 1 waiting"),
            (view(SyncState::SignInAgain, 2), "Sign in again, 2 waiting"),
        ] {
            assert_eq!(briefly(&sync, &words()).1, expected);
        }
    }

    #[test]
    fn what_is_in_the_way_is_said_with_what_waits() {
        let trouble = AccountFailure::Unreachable { server: "https://week.example".into(), why: "no route".into() };
        let told = at_length(&SyncView { trouble: Some(trouble), ..view(SyncState::Offline, 1) }, &words());
        assert!(told.contains("https://week.example") && told.contains("no route"), "{told}");
        assert!(told.contains("1 edit waits"), "{told}");
    }
}
