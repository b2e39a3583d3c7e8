//! Whether it is the owner of the account who sits at the keyboard.

use super::{Email, Password, SignedIn, Verdict, attempts::Attempts};
use crate::{
    Error, Server, Timestamp,
    db::user::{self, User, WithPassword},
    http::ClientAddress,
};

/// Compares with what is stored, within the same limits as a sign-in. Returns the person, and what is stored.
///
/// # Errors
/// When the password is another one, there is none, or it was tried too often.
pub(super) async fn confirm(
    server: &Server,
    signed_in: &SignedIn,
    address: ClientAddress,
    password: &str,
    now: Timestamp,
) -> Result<(User, String), Error> {
    let found = user::with_password_by_id(&server.pool, signed_in.user()).await?;
    let WithPassword { user, password: stored } = found.ok_or(Error::NotSignedIn)?;
    let stored = stored.ok_or(Error::NoPassword)?;
    let email = Email::parse(&user.email).ok_or(Error::NoPassword)?;
    let attempts = Attempts::at(&email, address);
    attempts.count(server, now).await?;
    if server.passwords.verify(Password::presented(password), Some(stored.clone())).await? == Verdict::Wrong {
        return Err(Error::WrongPassword);
    }
    attempts.forget(server).await?;
    Ok((user, stored))
}
