//! Bringing the rows of the file without an account into an account: one edit, which one undo takes back. They keep their ids.
//!
//! The file without an account stays as it is. What is in the account already is passed over.

use std::collections::BTreeSet;

use serde::Serialize;
use weekwise_domain::{Edit, Request, Rows, Schedule};
use weekwise_protocol::Failure;
use weekwise_storage::Store;

use crate::{
    App, OpenError, clock,
    failure::{edited, unopened},
};

/// What could be brought along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Adoption {
    /// Schedules of the file without an account, those in the trash too.
    pub schedules: usize,
    /// Its exceptions.
    pub exceptions: usize,
    /// How many of the schedules are in the account already.
    pub known: usize,
    /// How many of the exceptions are.
    pub known_exceptions: usize,
    /// How many others have the weekday, the times and the title of one that is: likely the same.
    pub alike: usize,
}

/// What was brought along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Adopted {
    /// Schedules.
    pub schedules: usize,
    /// Exceptions.
    pub exceptions: usize,
}

impl App {
    /// What bringing the file without an account along would add to this account.
    ///
    /// # Errors
    /// When either file cannot be read.
    pub async fn adoption(&self) -> Result<Adoption, OpenError> {
        let Some((local, own)) = self.both().await? else { return Ok(Adoption::default()) };
        let known = local.schedules.keys().filter(|id| own.schedules.contains_key(id)).count();
        let key = |row: &Schedule| (row.pattern.day_of_week, row.pattern.time.to_string(), row.details.title.clone());
        let there: BTreeSet<_> = own.schedules.values().map(key).collect();
        let others = local.schedules.values().filter(|row| !own.schedules.contains_key(&row.id));
        let alike = others.filter(|row| there.contains(&key(row))).count();
        Ok(Adoption {
            schedules: local.schedules.len(),
            exceptions: local.exceptions.len(),
            known,
            known_exceptions: local.exceptions.keys().filter(|key| own.exceptions.contains_key(key)).count(),
            alike,
        })
    }

    /// Brings the file without an account along: adds its rows to this account, all or none. The account's settings stay.
    ///
    /// # Errors
    /// When either file cannot be read, or this account's cannot be written; when a slot begins before another one of the same series
    /// ends, of which the account has one and the file the other.
    pub async fn adopt(&self) -> Result<Adopted, Failure> {
        let Some((local, own)) = self.both().await.map_err(unopened)? else { return Ok(Adopted::default()) };
        let Rows { schedules, exceptions, .. } = local;
        let schedules: Vec<_> = schedules.into_values().filter(|row| !own.schedules.contains_key(&row.id)).collect();
        let exceptions: Vec<_> = exceptions.into_iter().filter(|(key, _)| !own.exceptions.contains_key(key)).collect();
        let adopted = Adopted { schedules: schedules.len(), exceptions: exceptions.len() };
        if adopted != Adopted::default() {
            let request = Request::from(Edit::Import { schedules, exceptions, settings: Vec::new() });
            let done = self.store().edit(&request, clock::moment()).await;
            self.edited().notify_one();
            done.map_err(edited)?;
        }
        Ok(adopted)
    }

    /// The rows of the file without an account, and of this account's; none where there is no such file.
    async fn both(&self) -> Result<Option<(Rows, Rows)>, OpenError> {
        let root = self.root();
        if self.account().is_none() || !root.file().exists() {
            return Ok(None);
        }
        let failed = |error| OpenError::of(&root.file(), &error);
        let local = Store::open(root.clone(), clock::moment()).await.map_err(failed)?.store;
        let rows = all(&local).await;
        local.close().await.map_err(failed)?;
        let own = all(self.store()).await.map_err(|error| OpenError::of(&self.store().folder().file(), &error))?;
        Ok(Some((rows.map_err(failed)?, own)))
    }
}

async fn all(store: &Store) -> Result<Rows, weekwise_storage::StorageError> {
    store.read().await?.all().await
}
