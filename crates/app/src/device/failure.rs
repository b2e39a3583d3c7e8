//! From what went wrong about accounts to what the interface matches on.

use weekwise_protocol::{AccountFailure, Failure, KeyringFault};

use crate::{AccountError, AuthError, AuthRefusal, BadOrigin, KeyringTrouble, Trouble, Unsuitable, failure::unopened};

pub(super) fn of_account(error: AccountError) -> Failure {
    let error = match error {
        AccountError::Server(error) => of_auth(error),
        AccountError::SignedOut => AccountFailure::SignedOut,
        AccountError::Keyring(trouble) => AccountFailure::Keyring { fault: of_keyring(&trouble) },
        AccountError::Open(error) => return unopened(error),
        AccountError::BadServer(error) => of_origin(error),
    };
    Failure::Account { error }
}

/// The same for the state of sync, which has one kind of trouble.
pub(super) fn trouble_of_account(error: AccountError) -> AccountFailure {
    match of_account(error) {
        Failure::Account { error } => error,
        other => AccountFailure::Storage { detail: other.to_string() },
    }
}

pub(super) fn of_origin(error: BadOrigin) -> AccountFailure {
    match error {
        BadOrigin::Unreadable | BadOrigin::TooMuch => AccountFailure::BadServer,
        BadOrigin::InTheClear => AccountFailure::InTheClear,
    }
}

pub(super) fn of_unsuitable(error: Unsuitable) -> AccountFailure {
    match error {
        Unsuitable::Trouble(trouble) => of_trouble(trouble),
        Unsuitable::NoSync { .. } | Unsuitable::ServerOutdated { .. } => AccountFailure::ServerOutdated,
        Unsuitable::Outdated { .. } => AccountFailure::Outdated,
        Unsuitable::OutOfOrder { .. } | Unsuitable::TooOften { .. } => AccountFailure::OutOfOrder,
    }
}

pub(super) fn of_trouble(trouble: Trouble) -> AccountFailure {
    match trouble {
        Trouble::Unreachable { server, why } => AccountFailure::Unreachable { server, why },
        Trouble::Redirected { server } => AccountFailure::Redirected { server },
        Trouble::NotWeekwise { server, what } => AccountFailure::NotWeekwise { server, what: what.to_owned() },
        Trouble::NotProven { server, why } => AccountFailure::NotProven { server, why: why.to_owned() },
        Trouble::NoTls { why } => AccountFailure::NoTls { why },
    }
}

pub(super) fn of_keyring(trouble: &KeyringTrouble) -> KeyringFault {
    match trouble {
        KeyringTrouble::Absent(_) => KeyringFault::Absent,
        KeyringTrouble::NotSetUp => KeyringFault::NotSetUp,
        KeyringTrouble::Locked => KeyringFault::Locked,
        KeyringTrouble::Silent { .. } => KeyringFault::Silent,
        KeyringTrouble::Refused(detail) => KeyringFault::Refused { detail: detail.clone() },
    }
}

fn of_auth(error: AuthError) -> AccountFailure {
    match error {
        AuthError::Trouble(trouble) => of_trouble(trouble),
        AuthError::Refused { reason, message, .. } => match reason {
            AuthRefusal::WrongCredentials => AccountFailure::WrongCredentials,
            AuthRefusal::WrongPassword => AccountFailure::WrongPassword,
            AuthRefusal::EmailTaken => AccountFailure::EmailTaken,
            AuthRefusal::InvalidEmail => AccountFailure::BadEmail,
            AuthRefusal::PasswordTooShort => AccountFailure::PasswordTooShort,
            AuthRefusal::PasswordTooLong => AccountFailure::PasswordTooLong,
            AuthRefusal::TooOften { seconds } => AccountFailure::TooMany { seconds },
            AuthRefusal::SessionEnded => AccountFailure::SignedOut,
            AuthRefusal::NoSuchDevice => AccountFailure::NoSuchDevice,
            AuthRefusal::OutOfOrder => AccountFailure::OutOfOrder,
            AuthRefusal::Other => AccountFailure::Refused { message },
        },
    }
}
