//! The Secret Service of Linux desktops, over D-Bus.
//!
//! Each question has a connection of its own. One for all, as the crate `keyring` has it, is made once: a keyring that
//! was absent then would be absent for good, one that was restarted would know nothing of the connection, and all
//! questions would wait for one that is never answered.

use keyring::{Entry, Error};
use keyring_core::api::CredentialStoreApi as _;
use secret_service::Error as ServiceError;
use zbus::fdo;
use zbus_secret_service_keyring_store::Store;

use super::{KeyringTrouble, on_one_line, refused};

pub(super) fn entry(service: &str, name: &str) -> Result<Entry, Error> {
    Ok(Entry { inner: Store::new()?.build(service, name, None)? })
}

pub(super) fn trouble(error: &Error) -> KeyringTrouble {
    let (Error::NoStorageAccess(cause) | Error::PlatformFailure(cause)) = error else { return refused(error) };
    match cause.downcast_ref::<ServiceError>() {
        // A prompt that is dismissed, by a person or since nothing can show it, leaves it locked.
        Some(ServiceError::Locked | ServiceError::Prompt) => KeyringTrouble::Locked,
        // The alias `default` leads nowhere.
        Some(ServiceError::NoResult) => KeyringTrouble::NotSetUp,
        Some(ServiceError::Unavailable) => KeyringTrouble::Absent("there is no message bus".to_owned()),
        Some(ServiceError::Zbus(error)) => of_bus(error),
        Some(ServiceError::ZbusFdo(error)) if is_nobody(error) => {
            KeyringTrouble::Absent(on_one_line(&error.to_string()))
        }
        _ => refused(cause),
    }
}

/// What the bus says: there is none, nobody on it is a keyring, or none could be started.
fn of_bus(error: &zbus::Error) -> KeyringTrouble {
    let is_absent = match error {
        zbus::Error::Address(_) | zbus::Error::Connection(..) | zbus::Error::InputOutput(_) => true,
        zbus::Error::FDO(error) => is_nobody(error),
        zbus::Error::MethodError(name, ..) => {
            let name = name.as_str().strip_prefix("org.freedesktop.DBus.Error.").unwrap_or_default();
            matches!(name, "ServiceUnknown" | "NameHasNoOwner") || name.starts_with("Spawn.")
        }
        _ => false,
    };
    if is_absent { KeyringTrouble::Absent(on_one_line(&error.to_string())) } else { refused(error) }
}

fn is_nobody(error: &fdo::Error) -> bool {
    matches!(error, fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_))
}
