//! The one write path: everything that changes a week goes through here.
//!
//! A write is one transaction. It locks the user's head row first, so that the writes of a user, of whatever process,
//! happen one after the other and each is judged on what the one before it left. Every row that it writes gets a revision
//! of its own, in the order of the writes; so whoever reads all rows up to a revision has missed none below it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, Transaction};
use thiserror::Error;
use uuid::Uuid;
use weekwise_domain::{
    Change, Date, Edit, EditError, ExceptionKey, Request, Rows, Schedule, ScheduleId, SeriesId, Setting, plan,
};

use crate::{
    UserId,
    db::{
        checksum::RowKey,
        exception::{self, StoredException},
        head::{Head, Stamp},
        operation,
        schedule::{self, StoredSchedule},
        setting::{self, StoredSettings},
    },
};

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The edit breaks a rule of the week.
    #[error("the edit is refused")]
    Refused(#[from] EditError),
    /// There is no such user (any more).
    #[error("there is no such user")]
    UserGone,
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

/// Who edits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author {
    /// The operation, made where the edit was made.
    pub(crate) op: Uuid,
    /// The device.
    pub(crate) device: &'static str,
    /// When the edit was made.
    pub(crate) made_at: DateTime<Utc>,
}

/// A write that is under way: the user's head row is locked. Dropped without [`commit`](Self::commit), it changed nothing.
pub(crate) struct Write {
    transaction: Transaction<'static, Postgres>,
    user: UserId,
    head: Head,
    schedules: BTreeMap<ScheduleId, StoredSchedule>,
    settings: StoredSettings,
    /// Those that were loaded so far, ones that were put back among them.
    exceptions: BTreeMap<ExceptionKey, StoredException>,
    has_written: bool,
}

impl Write {
    /// Begins: waits for other writes of the user to end, and loads all schedules and settings.
    pub(crate) async fn begin(pool: &PgPool, user: &UserId) -> Result<Self, WriteError> {
        let mut transaction = pool.begin().await?;
        let head = Head::lock(&mut transaction, user).await?.ok_or(WriteError::UserGone)?;
        let schedules = schedule::all(&mut transaction, user).await?;
        let schedules = schedules.into_iter().map(|row| (row.schedule.id, row)).collect();
        let settings = setting::all(&mut transaction, user).await?;
        let (user, exceptions) = (user.clone(), BTreeMap::new());
        Ok(Self { transaction, user, head, schedules, settings, exceptions, has_written: false })
    }

    /// The schedule with an integer id.
    pub(crate) fn schedule_with(&self, integer_id: i64) -> Option<&StoredSchedule> {
        self.schedules.values().find(|row| row.integer_id == integer_id)
    }

    /// A schedule.
    pub(crate) fn schedule(&self, id: ScheduleId) -> Option<&StoredSchedule> {
        self.schedules.get(&id)
    }

    /// An exception, if it was loaded.
    pub(crate) fn exception(&self, key: ExceptionKey) -> Option<&StoredException> {
        self.exceptions.get(&key)
    }

    /// What the user has set.
    pub(crate) fn settings(&self) -> &weekwise_domain::Settings {
        &self.settings.settings
    }

    /// Loads the exceptions of a series that have a date as their original date or are moved to it, and returns them by
    /// their original date.
    pub(crate) async fn load_date(&mut self, series: SeriesId, date: Date) -> Result<Vec<StoredException>, WriteError> {
        let mut found = exception::on_date(&mut self.transaction, &self.user, series, date).await?;
        found.sort_by_key(|row| row.key);
        self.exceptions.extend(found.iter().map(|row| (row.key, row.clone())));
        Ok(found)
    }

    /// Does an edit. What it does not change it does not write.
    pub(crate) async fn edit(&mut self, request: &Request, author: Author) -> Result<(), WriteError> {
        self.load_for(&request.edit).await?;
        let changes = plan(request, &self.rows())?.changes;
        if changes.is_empty() {
            return Ok(());
        }
        self.has_written = true;
        let before = self.head.rev();
        for change in &changes {
            self.apply(change, author).await?;
        }
        let revs = before + 1..=self.head.rev();
        let Author { op, device, made_at } = author;
        operation::record(&mut self.transaction, &self.user, op, device, made_at, revs, request).await?;
        Ok(())
    }

    /// Ends: when this returns, all of it is on the disk.
    pub(crate) async fn commit(mut self) -> Result<(), WriteError> {
        if !self.has_written {
            return Ok(());
        }
        self.head.store(&mut self.transaction, &self.user).await?;
        Ok(self.transaction.commit().await?)
    }

    /// Loads the exceptions that an edit needs to be planned.
    async fn load_for(&mut self, edit: &Edit) -> Result<(), WriteError> {
        let (connection, user) = (&mut *self.transaction, &self.user);
        let found = match edit {
            Edit::Create { .. } | Edit::Set { .. } => return Ok(()),
            Edit::ChangeDate { series_id, date, .. }
            | Edit::CancelDate { series_id, date, .. }
            | Edit::PutBack { series_id, date } => {
                let key = ExceptionKey { series_id: *series_id, date: *date };
                if self.exceptions.contains_key(&key) {
                    return Ok(());
                }
                exception::with_keys(connection, user, [key].into_iter()).await?
            }
            Edit::ChangeSeries { series_id, .. }
            | Edit::ChangeFollowing { series_id, .. }
            | Edit::EndBefore { series_id, .. }
            | Edit::Trash { series_id }
            | Edit::Restore { series_id }
            | Edit::Purge { series_id } => exception::of_series(connection, user, *series_id).await?,
            Edit::Import { exceptions, .. } => {
                exception::with_keys(connection, user, exceptions.iter().map(|(key, _)| *key)).await?
            }
        };
        self.exceptions.extend(found.into_iter().map(|row| (row.key, row)));
        Ok(())
    }

    fn rows(&self) -> Rows {
        let exceptions = self.exceptions.values();
        Rows {
            schedules: self.schedules.iter().map(|(id, row)| (*id, row.schedule.clone())).collect(),
            exceptions: exceptions.filter_map(|row| Some((row.key, row.value.clone()?))).collect(),
            settings: self.settings.settings.clone(),
        }
    }

    /// Sets one register: one row is written, with a new revision.
    async fn apply(&mut self, change: &Change, author: Author) -> Result<(), WriteError> {
        match change {
            Change::Schedule { after: Some(row), .. } => self.make(row, author).await,
            Change::Schedule { id, after: None, .. } => self.purge(*id, author).await,
            Change::Pattern { id, after, .. } => {
                let (stamp, row) = restamp(&mut self.head, &mut self.schedules, *id, author)?;
                row.schedule.pattern = after.clone();
                let connection = &mut *self.transaction;
                Ok(schedule::set_pattern(connection, &self.user, *id, after, stamp, author.made_at).await?)
            }
            Change::Details { id, after, .. } => {
                let (stamp, row) = restamp(&mut self.head, &mut self.schedules, *id, author)?;
                row.schedule.details = (**after).clone();
                let connection = &mut *self.transaction;
                Ok(schedule::set_details(connection, &self.user, *id, after, stamp, author.made_at).await?)
            }
            Change::Active { id, after, .. } => {
                let (stamp, row) = restamp(&mut self.head, &mut self.schedules, *id, author)?;
                row.schedule.active = *after;
                let connection = &mut *self.transaction;
                Ok(schedule::set_active(connection, &self.user, *id, *after, stamp, author.made_at).await?)
            }
            Change::Exception { key, after, .. } => self.set_exception(*key, after.as_deref(), author).await,
            Change::Setting { after, .. } => self.set_setting(after, author).await,
        }
    }

    async fn make(&mut self, schedule: &Schedule, author: Author) -> Result<(), WriteError> {
        let stamp = self.head.stamp(RowKey::Schedule(schedule.id), None, author.op);
        let row = StoredSchedule {
            schedule: schedule.clone(),
            integer_id: self.head.integer_id(),
            rev: stamp.rev,
            created_at: author.made_at,
            updated_at: author.made_at,
        };
        schedule::insert(&mut self.transaction, &self.user, &row, stamp).await?;
        self.schedules.insert(schedule.id, row);
        Ok(())
    }

    async fn purge(&mut self, id: ScheduleId, author: Author) -> Result<(), WriteError> {
        let row = self.schedules.remove(&id).ok_or(sqlx::Error::RowNotFound)?;
        schedule::remove(&mut self.transaction, &self.user, id).await?;
        self.head.forget(RowKey::Schedule(id), row.rev);
        let stamp = self.head.stamp(RowKey::Tombstone(id), None, author.op);
        Ok(operation::bury(&mut self.transaction, &self.user, id, stamp).await?)
    }

    async fn set_exception(
        &mut self,
        key: ExceptionKey,
        value: Option<&weekwise_domain::Exception>,
        author: Author,
    ) -> Result<(), WriteError> {
        let old = self.exceptions.get(&key);
        let stamp = self.head.stamp(RowKey::Exception(key), old.map(|row| row.rev), author.op);
        let (integer_id, created_at) = match old {
            Some(row) => (row.integer_id, row.created_at),
            None => (self.head.integer_id(), author.made_at),
        };
        let updated_at = author.made_at;
        let row = StoredException { key, value: value.cloned(), integer_id, rev: stamp.rev, created_at, updated_at };
        exception::put(&mut self.transaction, &self.user, &row, stamp).await?;
        self.exceptions.insert(key, row);
        Ok(())
    }

    async fn set_setting(&mut self, value: &Setting, author: Author) -> Result<(), WriteError> {
        let (name, json) = setting::columns(value)?;
        let stamp = self.head.stamp(RowKey::Setting(&name), self.settings.revs.get(&name).copied(), author.op);
        setting::put(&mut self.transaction, &self.user, &name, &json, stamp).await?;
        self.settings.settings.set(value.clone());
        self.settings.revs.insert(name, stamp.rev);
        Ok(())
    }
}

/// A new revision for a schedule that is there.
fn restamp<'a>(
    head: &mut Head,
    schedules: &'a mut BTreeMap<ScheduleId, StoredSchedule>,
    id: ScheduleId,
    author: Author,
) -> Result<(Stamp, &'a mut StoredSchedule), sqlx::Error> {
    let row = schedules.get_mut(&id).ok_or(sqlx::Error::RowNotFound)?;
    let stamp = head.stamp(RowKey::Schedule(id), Some(row.rev), author.op);
    (row.rev, row.updated_at) = (stamp.rev, author.made_at);
    Ok((stamp, row))
}
