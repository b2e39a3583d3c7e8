//! What only the owner of an account may do, with their password.

use weekwise_storage::{DataFolder, Kept, SessionPlace};

use super::{
    AccountError, Keep, Sessions, SignedIn, auth, device_of, net_of,
    session::{self, device, place_of},
    signed_in,
};
use crate::App;

/// A password, and what is to take its place.
pub struct PasswordChange<'a> {
    /// The password until now.
    pub current: &'a str,
    /// The one from now on: 8 to 128 characters.
    pub new: &'a str,
    /// Whether the person is signed out on all other devices.
    pub end_others: bool,
}

/// Changes the password. Where the others are signed out, the session of this device is replaced, and kept where it was; a
/// run of sync goes on after it was begun anew.
///
/// # Errors
/// See [`AccountError`]. When the new session can be kept neither where the old one was nor in memory, the password has changed
/// nevertheless, and this process goes on with it.
pub async fn change_password(
    root: &DataFolder,
    sessions: &Sessions,
    kept: &Kept,
    change: PasswordChange<'_>,
) -> Result<SignedIn, AccountError> {
    let token = signed_in(root, sessions, kept).await?;
    let PasswordChange { current, new, end_others } = change;
    let replaced = auth::change_password(&net_of(kept)?, &token, current, new, end_others).await?;
    let place = place_of(root, kept)?;
    let kept = Kept { session: place, ..kept.clone() };
    let Some(token) = replaced else { return Ok(SignedIn { kept, keyring_trouble: None }) };
    // At once: the old one opens nothing any more, whatever becomes of the rest.
    sessions.put(kept.folder, token.clone());
    let keep = match place {
        SessionPlace::Keyring => Keep::KeyringElseMemory,
        SessionPlace::File => Keep::File,
        SessionPlace::Memory | SessionPlace::Nowhere | SessionPlace::Gone => {
            return Ok(SignedIn { kept, keyring_trouble: None });
        }
    };
    session::keep(root, sessions, kept, &token, keep, false).await
}

/// Writes down that the account whose data `app` has open was deleted elsewhere: the list says that it is gone, and its session,
/// which opens nothing any more, is forgotten. The week stays.
///
/// # Errors
/// See [`AccountError`].
pub(crate) async fn gone(app: &App) -> Result<(), AccountError> {
    let Some(kept) = app.account() else { return Ok(()) };
    if place_of(app.root(), kept)? != SessionPlace::Gone {
        session::forget(app.root(), app.sessions(), kept, &device(app).await?, SessionPlace::Gone).await?;
    }
    Ok(())
}

/// Deletes the account on its server, with everything in it. The week stays on this device; the account stays in the list, as
/// gone.
///
/// # Errors
/// See [`AccountError`].
pub async fn delete_account(
    root: &DataFolder,
    sessions: &Sessions,
    kept: &Kept,
    password: &str,
) -> Result<Kept, AccountError> {
    let token = signed_in(root, sessions, kept).await?;
    let (device, _) = device_of(&root.of_account(kept.folder), &kept.owner).await?;
    auth::delete_user(&net_of(kept)?, &token, password).await?;
    session::forget(root, sessions, kept, &device, SessionPlace::Gone).await
}
