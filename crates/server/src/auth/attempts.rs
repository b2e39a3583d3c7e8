//! How often the password of an account may be tried. Counted in Postgres, so for all processes together, and whether
//! or not there is such an account, so that the limit does not tell.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::Email;
use crate::{Error, Server, Timestamp, db::attempt, http::ClientAddress};

/// In how long a time they are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// From one network. Whoever tries more locks out themselves alone.
const PER_CLIENT: i32 = 10;
/// From everywhere: what guessing from many networks comes to is about 5,000 passwords a day.
const PER_ACCOUNT: i32 = 50;

/// The attempts at one account from one network.
pub(super) struct Attempts {
    /// The account, and the account from the network.
    keys: [[u8; 32]; 2],
}

impl Attempts {
    pub(super) fn at(email: &Email, address: ClientAddress) -> Self {
        let account = email.digest();
        let client = Sha256::new().chain_update(account).chain_update(address.network().to_string()).finalize();
        Self { keys: [account, client.into()] }
    }

    /// Counts an attempt before its password is looked at.
    ///
    /// # Errors
    /// [`Error::TooMany`] where there were too many.
    pub(super) async fn count(&self, server: &Server, now: Timestamp) -> Result<(), Error> {
        let windows = attempt::count(&server.pool, &self.keys, now, now.plus(WINDOW)).await?;
        for (window, max) in windows.iter().zip([PER_ACCOUNT, PER_CLIENT]) {
            if window.attempts > max {
                let seconds = window.ends.since(now).num_seconds().max(0) as u64 + 1;
                return Err(Error::TooMany { retry_after: seconds });
            }
        }
        Ok(())
    }

    /// Forgets them once the right password was given.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(super) async fn forget(&self, server: &Server) -> Result<(), Error> {
        Ok(attempt::forget(&server.pool, &self.keys).await?)
    }
}
