//! Bringing the rows of the file without an account into an account: they become operations, in batches, with their ids.
//!
//! The file without an account stays as it is. What is in the account already is passed over, so that it can be done again
//! where it was cut short.

use std::collections::BTreeSet;

use serde::Serialize;
use weekwise_domain::{Change, Rows, Schedule};
use weekwise_protocol::sync::MAX_WRITES;
use weekwise_storage::Store;

use super::recording;
use crate::{App, OpenError, clock};

/// A schedule is written by three registers.
const WRITES_OF_SCHEDULE: usize = 3;

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

    /// Brings the file without an account along: puts its rows into this account's outbox. The account's settings stay.
    ///
    /// # Errors
    /// When either file cannot be read, or this account's cannot be written. What was put there by then stays.
    pub async fn adopt(&self) -> Result<Adopted, OpenError> {
        let Some((local, own)) = self.both().await? else { return Ok(Adopted::default()) };
        let schedules = local.schedules.values().filter(|row| !own.schedules.contains_key(&row.id));
        let schedules = schedules.map(|row| {
            let after = Some(Box::new(row.clone()));
            (WRITES_OF_SCHEDULE, Change::Schedule { id: row.id, before: None, after })
        });
        let schedules: Vec<_> = schedules.collect();
        let exceptions = local.exceptions.iter().filter(|(key, _)| !own.exceptions.contains_key(key));
        let exceptions = exceptions
            .map(|(key, row)| (1, Change::Exception { key: *key, before: None, after: Some(Box::new(row.clone())) }));
        let exceptions: Vec<_> = exceptions.collect();
        let adopted = Adopted { schedules: schedules.len(), exceptions: exceptions.len() };
        for batch in batches(schedules.into_iter().chain(exceptions)) {
            let mut step = recording::record(batch, clock::moment());
            let done = self.store().step(&mut step, clock::moment()).await;
            done.map_err(|error| OpenError::of(&self.store().folder().file(), &error))?;
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

/// Changes of at most as many writes as an operation may have.
fn batches(changes: impl Iterator<Item = (usize, Change)>) -> Vec<Vec<Change>> {
    let (mut batches, mut writes) = (Vec::<Vec<Change>>::new(), MAX_WRITES);
    for (size, change) in changes {
        if writes + size > MAX_WRITES {
            batches.push(Vec::new());
            writes = 0;
        }
        writes += size;
        batches.last_mut().expect("one was begun").push(change);
    }
    batches
}
