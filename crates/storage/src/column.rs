//! Reading the columns of a row into the types of the week model.

use sqlx::{Row as _, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;
use weekwise_domain::{Date, Minute, TimeRange};

use crate::StorageError;

/// The columns of a row, taken one after the other.
pub(crate) struct Columns<'r> {
    row: &'r SqliteRow,
    table: &'static str,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) fn of(row: &'r SqliteRow, table: &'static str) -> Self {
        Self { row, table, next: 0 }
    }

    /// A value as SQLite has it.
    pub(crate) fn get<T>(&mut self) -> Result<T, StorageError>
    where
        T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
    {
        self.next += 1;
        self.row.try_get(self.next - 1).map_err(|_| self.unreadable())
    }

    /// A value of the model.
    pub(crate) fn get_as<Raw, T>(&mut self) -> Result<T, StorageError>
    where
        Raw: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
        T: TryFrom<Raw>,
    {
        let raw: Raw = self.get()?;
        T::try_from(raw).map_err(|_| self.unreadable())
    }

    /// A value of the model, or none.
    pub(crate) fn optional<Raw, T>(&mut self) -> Result<Option<T>, StorageError>
    where
        Option<Raw>: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
        T: TryFrom<Raw>,
    {
        let raw: Option<Raw> = self.get()?;
        raw.map(T::try_from).transpose().map_err(|_| self.unreadable())
    }

    /// A value that is written as a text.
    pub(crate) fn parse<T: std::str::FromStr>(&mut self) -> Result<T, StorageError> {
        let text: &str = self.get()?;
        text.parse().map_err(|_| self.unreadable())
    }

    /// A date, or none.
    pub(crate) fn optional_date(&mut self) -> Result<Option<Date>, StorageError> {
        let text: Option<&str> = self.get()?;
        text.map(str::parse).transpose().map_err(|_| self.unreadable())
    }

    /// The 16 bytes of an id.
    pub(crate) fn uuid(&mut self) -> Result<Uuid, StorageError> {
        let bytes: &[u8] = self.get()?;
        Uuid::from_slice(bytes).map_err(|_| self.unreadable())
    }

    /// Two columns that hold the minutes of a stretch of the day, or nothing.
    pub(crate) fn optional_time(&mut self) -> Result<Option<TimeRange>, StorageError> {
        let bounds: (Option<u16>, Option<u16>) = (self.get()?, self.get()?);
        let (start, end) = match bounds {
            (None, None) => return Ok(None),
            (Some(start), Some(end)) => (Minute::new(start), Minute::new(end)),
            _ => return Err(self.unreadable()),
        };
        let time = start.zip(end).and_then(|(start, end)| TimeRange::new(start, end).ok());
        time.map(Some).ok_or_else(|| self.unreadable())
    }

    /// Two columns that hold the minutes of a stretch of the day.
    pub(crate) fn time(&mut self) -> Result<TimeRange, StorageError> {
        self.optional_time()?.ok_or_else(|| self.unreadable())
    }

    /// A text that holds JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, StorageError> {
        let text: &str = self.get()?;
        serde_json::from_str(text).map_err(|_| self.unreadable())
    }

    /// That the column taken last cannot be read.
    pub(crate) fn unreadable(&self) -> StorageError {
        StorageError::Row { table: self.table, column: self.next.saturating_sub(1) }
    }
}
