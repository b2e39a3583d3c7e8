//! Why something about accounts was not done.

use thiserror::Error;

use super::{AuthError, BadOrigin, KeyringTrouble};
use crate::{OpenError, net::Trouble};

/// Why something about accounts was not done.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The server did not do it.
    #[error(transparent)]
    Server(#[from] AuthError),
    /// Nobody is signed in: the person has signed out, or the session was in the memory of a process that has ended.
    #[error("nobody is signed in to this account: sign in again")]
    SignedOut,
    /// The keyring cannot keep the session, or give it back.
    #[error("{0}: {advice}", advice = .0.advice())]
    Keyring(#[from] KeyringTrouble),
    /// The account's data cannot be opened, or the list of accounts not read or written.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The list of accounts says of one what cannot be.
    #[error("the list of accounts names a server that is none: {0}")]
    BadServer(#[from] BadOrigin),
}

impl From<Trouble> for AccountError {
    fn from(trouble: Trouble) -> Self {
        AuthError::from(trouble).into()
    }
}
