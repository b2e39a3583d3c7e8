//! One consistent look at the data.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use sqlx::{Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
use weekwise_domain::{Change, DateRange, Edit, Exception, ExceptionKey, Rows, Schedule, SeriesId, Settings};

use crate::{
    DataFolder, History, StorageError, exception, history,
    inspect::{self, Check},
    matter, schedule, setting, suspicion,
};

/// A transaction that only reads: everything read through it is of one moment. Dropping it ends it.
pub struct Reading {
    transaction: Transaction<'static, Sqlite>,
    folder: DataFolder,
}

/// How many rows the tables hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Schedules, those in the trash too.
    pub schedules: u64,
    /// Exceptions.
    pub exceptions: u64,
    /// Recorded edits.
    pub history: u64,
}

/// Every method fails when the file cannot be read, or holds a row that no Weekwise wrote.
impl Reading {
    pub(crate) fn over(transaction: Transaction<'static, Sqlite>, folder: DataFolder) -> Self {
        Self { transaction, folder }
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    pub(crate) fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The schedules that are not in the trash, by id.
    pub async fn active_schedules(&mut self) -> Result<Vec<Schedule>, StorageError> {
        let found = schedule::active(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// The exceptions that a window of dates needs to be expanded: those whose original date lies in it, and those
    /// that are moved into it. What lies elsewhere is not touched.
    pub async fn exceptions_in(
        &mut self,
        window: DateRange,
    ) -> Result<BTreeMap<ExceptionKey, Exception>, StorageError> {
        let found = exception::in_window(&mut self.transaction, window).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// All settings.
    pub async fn settings(&mut self) -> Result<Settings, StorageError> {
        let found = setting::all(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// What undo and redo would do.
    pub async fn history(&mut self) -> Result<History, StorageError> {
        let found = history::standing(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// The segments of a series, those in the trash too, by id.
    pub async fn segments(&mut self, series: SeriesId) -> Result<Vec<Schedule>, StorageError> {
        let found = schedule::of_series(&mut self.transaction, series).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// The exceptions of a series.
    pub async fn exceptions_of(&mut self, series: SeriesId) -> Result<BTreeMap<ExceptionKey, Exception>, StorageError> {
        let found = exception::of_series(&mut self.transaction, series).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// How many exceptions a series has.
    pub async fn count_exceptions_of(&mut self, series: SeriesId) -> Result<u32, StorageError> {
        let found = exception::count_of_series(&mut self.transaction, series).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// The segments of the series that are in the trash, by id.
    pub async fn trashed_schedules(&mut self) -> Result<Vec<Schedule>, StorageError> {
        let found = schedule::trashed(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// How many series are in the trash.
    pub async fn count_trashed_series(&mut self) -> Result<u32, StorageError> {
        let found = schedule::count_trashed(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// The rows that an edit needs to be planned.
    pub async fn rows_for(&mut self, edit: &Edit) -> Result<Rows, StorageError> {
        let found = rows_for(&mut self.transaction, edit).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// Everything a person keeps.
    pub async fn all(&mut self) -> Result<Rows, StorageError> {
        let found = all_rows(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// What SQLite's full integrity check finds wrong, and the first row that no Weekwise wrote; nothing when all is
    /// well.
    pub async fn problems(&mut self) -> Result<Vec<String>, StorageError> {
        let found = inspect::problems(&mut self.transaction, Check::Full).await;
        let found = suspicion::raised_by(&self.folder, found)?;
        if !found.is_empty() {
            suspicion::raise(&self.folder);
        }
        Ok(found)
    }

    /// The version of the tables.
    pub async fn version(&mut self) -> Result<i64, StorageError> {
        let found = inspect::version(&mut self.transaction).await;
        suspicion::raised_by(&self.folder, found)
    }

    /// How many rows the tables hold.
    pub async fn counts(&mut self) -> Result<Counts, StorageError> {
        const COUNT: &str = "SELECT (SELECT count(*) FROM schedule), (SELECT count(*) FROM exception), \
            (SELECT count(*) FROM history)";
        let (schedules, exceptions, history): (i64, i64, i64) =
            sqlx::query_as(COUNT).fetch_one(&mut *self.transaction).await?;
        let count = |rows: i64| u64::try_from(rows).unwrap_or_default();
        Ok(Counts { schedules: count(schedules), exceptions: count(exceptions), history: count(history) })
    }
}

/// Everything a person keeps.
pub(crate) async fn all_rows(connection: &mut SqliteConnection) -> Result<Rows, StorageError> {
    let exceptions = exception::all(connection).await?;
    with_exceptions(connection, exceptions).await
}

/// Reads every row, and keeps none.
///
/// # Errors
/// [`StorageError::Row`] for the first that no Weekwise wrote.
pub(crate) async fn try_all_rows(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    try_rows(connection, schedule::ALL, |row| schedule::read(row).map(drop)).await?;
    try_rows(connection, exception::ALL, |row| exception::read(row).map(drop)).await?;
    setting::all(connection).await.map(drop)
}

async fn try_rows(
    connection: &mut SqliteConnection,
    query: &'static str,
    read: fn(&SqliteRow) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let mut rows = sqlx::query(query).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        read(&row)?;
    }
    Ok(())
}

/// The rows that an edit needs to be planned: all schedules and settings, and the exceptions of the series or on the
/// dates that it names.
pub(crate) async fn rows_for(connection: &mut SqliteConnection, edit: &Edit) -> Result<Rows, StorageError> {
    let exceptions = exceptions_for(connection, edit).await?;
    let rows = with_exceptions(connection, exceptions).await?;
    Ok(Rows { dealt: matter::of_edit(connection, edit).await?, ..rows })
}

/// The exceptions among them.
pub(crate) async fn exceptions_for(
    connection: &mut SqliteConnection,
    edit: &Edit,
) -> Result<BTreeMap<ExceptionKey, Exception>, StorageError> {
    Ok(match edit {
        Edit::ChangeDate { series_id, date, .. }
        | Edit::CancelDate { series_id, date, .. }
        | Edit::PutBack { series_id, date } => {
            exception::with_keys(connection, &[ExceptionKey { series_id: *series_id, date: *date }]).await?
        }
        Edit::ChangeSeries { series_id, .. }
        | Edit::ChangeFollowing { series_id, .. }
        | Edit::EndBefore { series_id, .. }
        | Edit::Trash { series_id }
        | Edit::Restore { series_id }
        | Edit::Purge { series_id } => exception::of_series(connection, *series_id).await?,
        Edit::Import { exceptions, .. } => {
            let keys: Vec<_> = exceptions.iter().map(|(key, _)| *key).collect();
            exception::with_keys(connection, &keys).await?
        }
        Edit::TakeBack { changes, .. } | Edit::Settle { changes, .. } => exceptions_of(connection, changes).await?,
        Edit::Create { .. } | Edit::Set { .. } => BTreeMap::new(),
    })
}

/// The rows that changes need to be taken back: also exceptions that were made since, on series whose dates go back.
pub(crate) async fn rows_of(connection: &mut SqliteConnection, changes: &[Change]) -> Result<Rows, StorageError> {
    let exceptions = exceptions_of(connection, changes).await?;
    let rows = with_exceptions(connection, exceptions).await?;
    Ok(Rows { dealt: matter::of_changes(connection, changes).await?, ..rows })
}

/// The exceptions among them.
async fn exceptions_of(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<BTreeMap<ExceptionKey, Exception>, StorageError> {
    let keys = changes.iter().filter_map(|change| match change {
        Change::Exception { key, .. } => Some(*key),
        _ => None,
    });
    let keys: Vec<_> = keys.collect();
    let mut exceptions = exception::with_keys(connection, &keys).await?;
    let series: BTreeSet<SeriesId> = changes.iter().flat_map(Change::series).collect();
    for series in series {
        exceptions.extend(exception::of_series(connection, series).await?);
    }
    Ok(exceptions)
}

/// All schedules and settings, with these exceptions.
pub(crate) async fn with_exceptions(
    connection: &mut SqliteConnection,
    exceptions: BTreeMap<ExceptionKey, Exception>,
) -> Result<Rows, StorageError> {
    let schedules = schedule::all(connection).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(Rows { schedules, exceptions, settings: setting::all(connection).await?, ..Rows::default() })
}
