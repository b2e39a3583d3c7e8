//! The keychain of macOS, and the credentials of Windows.

use keyring::{Entry, Error};

use super::{KeyringTrouble, refused};

pub(super) fn entry(service: &str, name: &str) -> Result<Entry, Error> {
    Entry::new(service, name)
}

pub(super) fn trouble(error: &Error) -> KeyringTrouble {
    match error {
        Error::NoStorageAccess(_) => KeyringTrouble::Locked,
        Error::NoDefaultStore => KeyringTrouble::Absent("it could not be opened".to_owned()),
        error => refused(error),
    }
}
