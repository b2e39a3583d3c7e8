//! The one write path: everything that changes a week goes through here.
//!
//! A write is one transaction. It locks the user's head row first, so that the writes of a user, of whatever process,
//! happen one after the other and each is judged on what the one before it left. Every row that it writes gets a revision
//! of its own, in the order of the writes; so whoever reads all rows up to a revision has missed none below it.

mod revise;

use std::collections::{BTreeMap, BTreeSet};

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
        sync::room,
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
    /// The account holds as many rows as it may.
    #[error("the account is full")]
    Full,
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
    /// Begins: waits for other writes of the user to end, and loads all schedules, and the settings that this version knows.
    pub(crate) async fn begin(pool: &PgPool, user: &UserId) -> Result<Self, WriteError> {
        let mut transaction = pool.begin().await?;
        let head = Head::lock(&mut transaction, user).await?.ok_or(WriteError::UserGone)?;
        let schedules = schedule::all(&mut transaction, user).await?;
        let schedules = schedules.into_iter().map(|row| (row.schedule.id, row)).collect();
        let settings = setting::known(&mut transaction, user).await?;
        let (user, exceptions) = (user.clone(), BTreeMap::new());
        Ok(Self { transaction, user, head, schedules, settings, exceptions, has_written: false })
    }

    /// Makes sure that the account can hold another row.
    pub(crate) async fn check_room(&mut self) -> Result<(), WriteError> {
        let room = room(&mut self.transaction, &self.user, self.head.rev()).await?;
        if room > 0 { Ok(()) } else { Err(WriteError::Full) }
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

    /// Loads exceptions, as far as there are any.
    pub(crate) async fn load_exceptions(&mut self, keys: impl Iterator<Item = ExceptionKey>) -> Result<(), WriteError> {
        let found = exception::with_keys(&mut self.transaction, &self.user, keys).await?;
        self.exceptions.extend(found.into_iter().map(|row| (row.key, row)));
        Ok(())
    }

    /// The schedules that were removed for good.
    pub(crate) async fn buried(&mut self) -> Result<BTreeSet<ScheduleId>, WriteError> {
        Ok(operation::buried(&mut self.transaction, &self.user).await?)
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
            // Of devices alone: nothing is told here, and so nothing is open.
            Edit::TakeBack { .. } | Edit::Settle { .. } => return Ok(()),
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
            ..Rows::default()
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
            // The web client is told of no conflict.
            Change::Dealt { .. } => Ok(()),
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

#[cfg(test)]
mod tests {
    use weekwise_domain::{
        Cancellation, Details, Displaced, EveryNWeeks, Pattern, SeriesPatch, SlotLimit, TimeRange, Title, Validity,
        Weekday,
    };

    use super::*;
    use crate::{check::check, postgres::Database};

    /// A slot on Mondays from 5 January 2026 on.
    fn mondays(id: u128) -> Schedule {
        let id = ScheduleId(Uuid::from_u128(id));
        let pattern = Pattern {
            series_id: id.into(),
            day_of_week: Weekday::MONDAY,
            time: TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap(),
            validity: Validity { from: date("2026-01-05"), until: None },
            every: EveryNWeeks::ONE,
        };
        Schedule { id, pattern, details: Details::default(), active: true }
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn create(id: u128) -> Edit {
        Edit::Create { schedule: Box::new(mondays(id)) }
    }

    fn series(id: u128) -> SeriesId {
        SeriesId(Uuid::from_u128(id))
    }

    async fn edit(pool: &PgPool, user: &UserId, edit: Edit) -> Result<(), WriteError> {
        let mut write = Write::begin(pool, user).await?;
        let author = Author { op: Uuid::now_v7(), device: "test", made_at: Utc::now() };
        write.edit(&edit.into(), author).await?;
        write.commit().await
    }

    /// What the tables hold must add up to the head row, whatever was done.
    async fn assert_sound(database: &Database) {
        assert_eq!(check(&mut database.connect().await).await.unwrap(), []);
    }

    #[tokio::test]
    async fn every_kind_of_edit_gives_each_row_a_revision_of_its_own() {
        let database = Database::ready().await;
        let (pool, user) = (database.pool(), database.user("ada").await);
        let (series_id, first_weekday, displaced) = (series(1), Weekday::MONDAY, Displaced::Carry);
        let title = |text: &str| SeriesPatch { title: Some(Title::new(text).unwrap()), ..SeriesPatch::default() };
        let on = |day: &str| date(day);
        let cancel = |day| Edit::CancelDate { series_id, date: on(day), reason: Box::<Cancellation>::default() };
        let tuesdays = SeriesPatch { day_of_week: Some(Weekday::try_from(2).unwrap()), ..title("Algebra") };
        let edits = [
            create(1),
            cancel("2026-01-12"),
            cancel("2026-01-19"),
            Edit::PutBack { series_id, date: on("2026-01-12") },
            cancel("2026-01-12"),
            Edit::Set { setting: Setting::SlotLimit(SlotLimit::MAX) },
            Edit::ChangeSeries { series_id, patch: Box::new(tuesdays), displaced, first_weekday },
            Edit::ChangeFollowing {
                series_id,
                date: on("2026-02-03"),
                new_id: ScheduleId(Uuid::from_u128(2)),
                patch: Box::new(title("Geometry")),
                displaced,
                first_weekday,
            },
            Edit::EndBefore { series_id, date: on("2026-03-03") },
            Edit::Trash { series_id },
            Edit::Restore { series_id },
            Edit::Trash { series_id },
            Edit::Purge { series_id },
        ];
        let count = edits.len();
        for one in edits {
            let what = format!("{one:?}");
            edit(&pool, &user, one).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert_sound(&database).await;
        }
        let operations = database.rows("SELECT first_rev, last_rev FROM operation ORDER BY first_rev").await;
        assert_eq!(operations.len(), count);
        let mut next = 1;
        for operation in operations {
            let (first, last) = operation.split_once('|').unwrap();
            assert_eq!(first.parse::<i64>().unwrap(), next, "no revision is left out or given twice");
            next = last.parse::<i64>().unwrap() + 1;
        }
        assert_eq!(database.rows("SELECT rev + 1 FROM head").await, [next.to_string()]);
        assert_eq!(database.rows("SELECT count(*) FROM schedule").await, ["0"]);
        assert_eq!(database.rows("SELECT count(*) FROM tombstone").await, ["2"]);
        assert_eq!(
            database.rows("SELECT DISTINCT kind FROM exception").await,
            ["pattern"],
            "put back, and kept for devices"
        );
    }

    #[tokio::test]
    async fn an_exception_that_comes_back_keeps_its_integer_id() {
        let database = Database::ready().await;
        let (pool, user) = (database.pool(), database.user("ada").await);
        let (series_id, day) = (series(1), date("2026-01-12"));
        let cancel = || Edit::CancelDate { series_id, date: day, reason: Box::default() };
        for one in [create(1), cancel(), Edit::PutBack { series_id, date: day }, cancel()] {
            edit(&pool, &user, one).await.unwrap();
        }
        assert_eq!(database.rows("SELECT integer_id, rev, kind FROM exception").await, ["2|4|cancelled"]);
    }

    #[tokio::test]
    async fn what_is_refused_or_changes_nothing_writes_nothing() {
        let database = Database::ready().await;
        let (pool, user) = (database.pool(), database.user("ada").await);
        let cancel = || Edit::CancelDate { series_id: series(1), date: date("2026-01-12"), reason: Box::default() };
        for one in [create(1), create(2), cancel()] {
            edit(&pool, &user, one).await.unwrap();
        }
        let all = "SELECT (SELECT count(*) FROM operation), rev, next_integer_id FROM head";
        let before = database.rows(all).await;
        edit(&pool, &user, cancel()).await.unwrap();
        let refused = edit(&pool, &user, create(3)).await.unwrap_err();
        assert!(matches!(refused, WriteError::Refused(EditError::SlotLimit { .. })), "{refused:?}");
        let nobody = UserId::from("nobody".to_owned());
        assert!(matches!(edit(&pool, &nobody, create(4)).await, Err(WriteError::UserGone)));
        assert_eq!(database.rows(all).await, before);
    }

    #[tokio::test]
    async fn a_write_that_is_not_committed_leaves_nothing() {
        let database = Database::ready().await;
        let (pool, user) = (database.pool(), database.user("ada").await);
        let mut write = Write::begin(&pool, &user).await.unwrap();
        let author = Author { op: Uuid::now_v7(), device: "test", made_at: Utc::now() };
        write.edit(&create(1).into(), author).await.unwrap();
        drop(write);
        // The next write waits until it is rolled back.
        edit(&pool, &user, create(2)).await.unwrap();
        assert_eq!(database.rows("SELECT id FROM schedule").await, [Uuid::from_u128(2).to_string()]);
        assert_sound(&database).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn writes_of_one_user_happen_one_after_the_other() {
        let database = Database::ready().await;
        let (pool, user) = (database.pool(), database.user("ada").await);
        edit(&pool, &user, create(1)).await.unwrap();
        let mut writes = tokio::task::JoinSet::new();
        for week in 1..=40 {
            let (pool, user) = (pool.clone(), user.clone());
            let date = date("2026-01-05").plus_days(7 * week).unwrap();
            let cancel = Edit::CancelDate { series_id: series(1), date, reason: Box::default() };
            writes.spawn(async move { edit(&pool, &user, cancel).await.unwrap() });
        }
        writes.join_all().await;
        assert_eq!(database.rows("SELECT count(*), max(rev) FROM exception").await, ["40|41"]);
        assert_sound(&database).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_user_is_deleted_whole_even_while_writing_for_the_first_time() {
        for _ in 0..10 {
            let database = Database::ready().await;
            let (pool, user) = (database.pool(), database.user("ada").await);
            let (made, deleted) = tokio::join!(edit(&pool, &user, create(1)), crate::db::user::delete(&pool, &user));
            deleted.unwrap();
            assert!(matches!(made, Ok(()) | Err(WriteError::UserGone)), "{made:?}");
            assert_eq!(database.rows("SELECT user_id FROM head").await, [""; 0]);
        }
    }
}
