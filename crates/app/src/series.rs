//! One series for the inspector, and the series in the trash.

use std::collections::BTreeMap;

use weekwise_domain::{EditError, Schedule, SeriesId};
use weekwise_protocol::{Failure, LedgerEntry, ListTrash, SlotRequest, SlotView, TrashedSeries};

use crate::{
    App,
    failure::{refused, stored},
};

impl App {
    /// A slot's whole series with its ledger: everything that was ever said to be different on one of its dates.
    ///
    /// # Errors
    /// When there is no such series, or the file cannot be read.
    pub async fn slot(&self, SlotRequest { series_id, .. }: SlotRequest) -> Result<SlotView, Failure> {
        let mut reading = self.read().await?;
        let mut segments = reading.segments(series_id).await.map_err(stored)?;
        if segments.is_empty() {
            return Err(refused(EditError::UnknownSeries { series_id }));
        }
        segments.sort_by_key(order);
        let exceptions = reading.exceptions_of(series_id).await.map_err(stored)?;
        // In the trash, what counts is what a restore would bring back.
        let is_trashed = segments.iter().all(|row| !row.active);
        let counting = || segments.iter().filter(|row| row.active || is_trashed);
        let ledger = exceptions.into_iter().map(|(key, exception)| LedgerEntry {
            date: key.date,
            exception,
            has_effect: counting().any(|row| row.pattern.occurs_on(key.date)),
        });
        Ok(SlotView { ledger: ledger.collect(), segments })
    }

    /// The series in the trash, by title.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn trash(&self, ListTrash {}: ListTrash) -> Result<Vec<TrashedSeries>, Failure> {
        let mut reading = self.read().await?;
        let mut last: BTreeMap<SeriesId, Schedule> = BTreeMap::new();
        for row in reading.trashed_schedules().await.map_err(stored)? {
            let known = last.entry(row.pattern.series_id).or_insert_with(|| row.clone());
            if order(&row) > order(known) {
                *known = row;
            }
        }
        let mut series = Vec::new();
        for (id, schedule) in last {
            let exceptions = reading.count_exceptions_of(id).await.map_err(stored)?;
            series.push(TrashedSeries { schedule, exceptions });
        }
        series.sort_by(|a, b| {
            let key = |it: &TrashedSeries| (it.schedule.details.title.clone(), it.schedule.id);
            key(a).cmp(&key(b))
        });
        Ok(series)
    }
}

/// Segments stand in the order of their dates.
fn order(row: &Schedule) -> impl Ord + use<> {
    (row.pattern.validity.from, row.pattern.validity.until, row.id)
}
