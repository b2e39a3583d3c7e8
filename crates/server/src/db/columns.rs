//! Reading the columns of a row into the types of the week model.

use chrono::NaiveDate;
use sqlx::{Decode, Postgres, Row as _, Type, postgres::PgRow};
use weekwise_domain::{Date, Minute, TimeRange, Weekday};

/// The columns of a row, taken one after the other. The tables' checks keep out what cannot be read; should it be there
/// all the same, the error names table and column.
pub(crate) struct Columns<'r> {
    row: &'r PgRow,
    table: &'static str,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) fn of(row: &'r PgRow, table: &'static str) -> Self {
        Self { row, table, next: 0 }
    }

    /// Passes over so many columns.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// Goes on with the column that has this number, from 0.
    pub(crate) fn skip_to(&mut self, column: usize) {
        self.next = column;
    }

    /// A value as Postgres has it.
    pub(crate) fn get<T: Decode<'r, Postgres> + Type<Postgres>>(&mut self) -> sqlx::Result<T> {
        self.next += 1;
        self.row.try_get(self.next - 1)
    }

    /// A value of the model.
    pub(crate) fn get_as<Raw, T>(&mut self) -> sqlx::Result<T>
    where
        Raw: Decode<'r, Postgres> + Type<Postgres>,
        T: TryFrom<Raw>,
    {
        let raw: Raw = self.get()?;
        T::try_from(raw).map_err(|_| self.unreadable())
    }

    /// A value of the model, or none.
    pub(crate) fn optional<Raw, T>(&mut self) -> sqlx::Result<Option<T>>
    where
        Raw: Decode<'r, Postgres> + Type<Postgres>,
        T: TryFrom<Raw>,
    {
        let raw: Option<Raw> = self.get()?;
        raw.map(T::try_from).transpose().map_err(|_| self.unreadable())
    }

    /// A value that is written as a text.
    pub(crate) fn parse<T: std::str::FromStr>(&mut self) -> sqlx::Result<T> {
        let text: &str = self.get()?;
        text.parse().map_err(|_| self.unreadable())
    }

    /// A date.
    pub(crate) fn date(&mut self) -> sqlx::Result<Date> {
        self.get_as::<NaiveDate, _>()
    }

    /// A date, or none.
    pub(crate) fn optional_date(&mut self) -> sqlx::Result<Option<Date>> {
        self.optional::<NaiveDate, _>()
    }

    /// A weekday.
    pub(crate) fn weekday(&mut self) -> sqlx::Result<Weekday> {
        let number: i16 = self.get()?;
        u8::try_from(number).ok().and_then(|number| number.try_into().ok()).ok_or_else(|| self.unreadable())
    }

    /// A number of the model.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> sqlx::Result<T> {
        let number: i16 = self.get()?;
        T::try_from(number.into()).map_err(|_| self.unreadable())
    }

    /// A number of the model, or none.
    pub(crate) fn optional_number<T: TryFrom<i64>>(&mut self) -> sqlx::Result<Option<T>> {
        let number: Option<i16> = self.get()?;
        number.map(|number| T::try_from(number.into())).transpose().map_err(|_| self.unreadable())
    }

    /// Two columns that hold the bounds of a stretch of the day, or nothing.
    pub(crate) fn optional_time(&mut self) -> sqlx::Result<Option<TimeRange>> {
        let bounds: (Option<&str>, Option<&str>) = (self.get()?, self.get()?);
        let (start, end) = match bounds {
            (None, None) => return Ok(None),
            (Some(start), Some(end)) => (start.parse::<Minute>(), end.parse::<Minute>()),
            _ => return Err(self.unreadable()),
        };
        let time = start.and_then(|start| TimeRange::new(start, end?));
        time.map(Some).map_err(|_| self.unreadable())
    }

    /// Two columns that hold the bounds of a stretch of the day.
    pub(crate) fn time(&mut self) -> sqlx::Result<TimeRange> {
        self.optional_time()?.ok_or_else(|| self.unreadable())
    }

    /// That the column taken last cannot be read.
    pub(crate) fn unreadable(&self) -> sqlx::Error {
        let index = format!("{} of {}", self.next.saturating_sub(1), self.table);
        sqlx::Error::ColumnDecode { index, source: "it holds no value of the week model".into() }
    }
}
