//! What sync has to tell a person, and what they can do about it. What is done about it is an edit like others: one step
//! of undo, and on all devices where it concerns all.
//!
//! - `difference`: changes as values that can be put into words.
//! - `conflict`: conflict copies.
//! - `rejected`: what the server did not take, read back into changes.
//! - `fit`: what does not fit together in the week.

mod conflict;
mod difference;
mod fit;
mod rejected;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use weekwise_domain::{Change, Edit, EditError, Matter, Rows, SeriesId, over_limit, revert};
use weekwise_protocol::{
    Arrival, ArrivalId, ArrivalStanding, Author, Changes, DismissRejected, DoEdit, Edited, Failure, KeepThis,
    ListChanges, RejectedId, RetryRejected, SeeChanges, TakeBack, UseOther,
    sync::{CopyId, DeviceId},
};
use weekwise_storage::{self as storage, Reading};

use crate::{
    App, clock,
    failure::{refused, stored},
};
use difference::Differences;

/// How many arrivals are told at once.
const ARRIVALS: usize = 100;

/// What is not open any more cannot be dealt with.
const NOT_OPEN: EditError = EditError::NotOpen;

impl App {
    /// What sync has to tell, read at one moment.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn changes(&self, ListChanges {}: ListChanges) -> Result<Changes, Failure> {
        let today = clock::now().date;
        let mut reading = self.read().await?;
        let authors = self.authors(&mut reading).await?;
        let arrivals = reading.arrivals(ARRIVALS).await.map_err(stored)?;
        let kept = reading.count_arrivals().await.map_err(stored)?;
        let copies = conflict::open(reading.conflict_copies().await.map_err(stored)?);
        let rejected = reading.rejected().await.map_err(stored)?;
        let untold = reading.count_untold().await.map_err(stored)?;
        let rows = reading.all().await.map_err(stored)?;
        drop(reading);

        let differences = Differences { rows: &rows, today };
        let told = u32::try_from(arrivals.len()).unwrap_or(u32::MAX);
        let mut conflicts: Vec<_> =
            copies.iter().map(|copy| conflict::told(copy, &copies, &authors, &differences)).collect();
        conflicts.sort_by_key(|conflict| std::cmp::Reverse(conflict.at_ms));
        Ok(Changes {
            arrivals: arrivals.into_iter().map(|arrival| told_arrival(arrival, &authors, &differences)).collect(),
            older: kept.saturating_sub(told),
            conflicts,
            rejected: rejected.iter().rev().filter_map(|it| rejected::told(it, &differences)).collect(),
            over_limit: over_limit(rows.schedules.values(), rows.settings.slot_limit),
            slot_limit: rows.settings.slot_limit,
            overlaps: fit::overlaps_from(&rows, today),
            without_effect: fit::without_effect(&rows, today),
            untold,
        })
    }

    /// How much sync has to tell that the person has neither seen nor dealt with.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn count_changes(&self) -> Result<u32, Failure> {
        self.read().await?.count_untold().await.map_err(stored)
    }

    /// Notes that the person has seen what came.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn see_changes(&self, SeeChanges { through: ArrivalId(op) }: SeeChanges) -> Result<(), Failure> {
        self.store().see_arrivals(op).await.map_err(stored)
    }

    /// Takes back what came from another device, as far as it still stands.
    ///
    /// # Errors
    /// When it is not there any more or was taken back, or the file cannot be written.
    pub async fn take_back(&self, TakeBack { arrival: ArrivalId(op) }: TakeBack) -> Result<Edited, Failure> {
        let found = self.read().await?.arrival(op).await.map_err(stored)?;
        let changes = found.ok_or_else(|| refused(NOT_OPEN))?.row.changes;
        self.does(Edit::TakeBack { matter: Matter::Arrival(op), changes }).await
    }

    /// Puts the version that lost in the place of the one that holds.
    ///
    /// # Errors
    /// When the conflict is not open any more, or what lost cannot be put there; when the file cannot be written.
    pub async fn use_other(&self, UseOther { conflict }: UseOther) -> Result<Edited, Failure> {
        let mut reading = self.read().await?;
        let copies = conflict::open(reading.conflict_copies().await.map_err(stored)?);
        let copy = copies.iter().find(|copy| copy.id == conflict).ok_or_else(|| refused(NOT_OPEN))?;
        let schedules = match copy.series() {
            Some(series) => reading.segments(series).await.map_err(stored)?,
            None => Vec::new(),
        };
        drop(reading);
        let is_there = !schedules.is_empty();
        self.does(conflict::using(&copy.together(&copies, is_there))).await
    }

    /// Keeps the version that holds.
    ///
    /// # Errors
    /// When the conflict is not open any more, or the file cannot be written.
    pub async fn keep_this(&self, KeepThis { conflict: CopyId(id) }: KeepThis) -> Result<Edited, Failure> {
        self.does(Edit::Settle { matters: vec![Matter::Conflict(id)], changes: Vec::new() }).await
    }

    /// Does again what was not taken.
    ///
    /// # Errors
    /// When it is not on the list any more, or cannot be done again; when the file cannot be written.
    pub async fn retry_rejected(&self, RetryRejected { rejected }: RetryRejected) -> Result<Edited, Failure> {
        let RejectedId(id) = rejected;
        let mut reading = self.read().await?;
        let all = reading.rejected().await.map_err(stored)?;
        let rows = reading.all().await.map_err(stored)?;
        drop(reading);
        let found = all.iter().find(|it| it.id == id).ok_or_else(|| refused(NOT_OPEN))?;
        let changes = rejected::again(found, &rows).ok_or_else(|| refused(NOT_OPEN))?;
        self.does(Edit::Settle { matters: vec![Matter::Rejected(id)], changes }).await
    }

    /// Gives up what was not taken.
    ///
    /// # Errors
    /// When it is not on the list any more, or the file cannot be written.
    pub async fn dismiss_rejected(&self, DismissRejected { rejected }: DismissRejected) -> Result<Edited, Failure> {
        let matters = vec![Matter::Rejected(rejected.0)];
        self.does(Edit::Settle { matters, changes: Vec::new() }).await
    }

    async fn does(&self, edit: Edit) -> Result<Edited, Failure> {
        self.edit(DoEdit { request: edit.into() }).await
    }

    async fn authors(&self, reading: &mut Reading) -> Result<Authors, Failure> {
        let names = reading.device_names().await.map_err(stored)?.into_iter().collect();
        let this = match self.account() {
            Some(_) => Some(reading.sync_counts().await.map_err(stored)?.state.device),
            None => None,
        };
        Ok(Authors { this, names })
    }
}

/// The devices that edits are made on.
struct Authors {
    this: Option<String>,
    names: BTreeMap<String, String>,
}

impl Authors {
    fn of(&self, device: &str) -> Author {
        if self.this.as_deref() == Some(device) {
            return Author::ThisDevice;
        }
        // Devices are known by UUIDs; the names are the server's own.
        if device == DeviceId::web().as_str() || Uuid::try_parse(device).is_err() {
            return Author::Web;
        }
        Author::Device { id: device.to_owned(), name: self.names.get(device).cloned() }
    }
}

fn told_arrival(arrival: storage::Arrival, authors: &Authors, differences: &Differences<'_>) -> Arrival {
    let storage::Arrival { row, is_seen, is_taken_back } = arrival;
    let standing = if is_taken_back { ArrivalStanding::TakenBack } else { standing(&row.changes, differences.rows) };
    let (told, more) = differences.of(&row.changes);
    Arrival {
        id: ArrivalId(row.op),
        by: authors.of(&row.device),
        at_ms: row.at_ms,
        at: clock::at_ms(row.at_ms),
        differences: told,
        more,
        is_merged: row.is_merged,
        is_seen,
        standing,
    }
}

/// How much of what came would go back.
fn standing(changes: &[Change], rows: &Rows) -> ArrivalStanding {
    let reverted = revert(changes, &part(rows, changes));
    match (reverted.changes.is_empty(), reverted.left.is_empty()) {
        (true, _) => ArrivalStanding::Over,
        (false, true) => ArrivalStanding::Whole,
        (false, false) => ArrivalStanding::Partly,
    }
}

/// What changes are about: the series that they name, with all of their segments and dates. What hangs on nothing
/// else is judged on these as on all rows.
fn part(rows: &Rows, changes: &[Change]) -> Rows {
    let mut series: BTreeSet<SeriesId> = changes.iter().flat_map(Change::series).collect();
    for change in changes {
        match change {
            Change::Pattern { id, .. } | Change::Details { id, .. } | Change::Active { id, .. } => {
                series.extend(rows.schedules.get(id).map(|row| row.pattern.series_id));
            }
            Change::Schedule { id, .. } => series.extend(rows.schedules.get(id).map(|row| row.pattern.series_id)),
            Change::Exception { key, .. } => drop(series.insert(key.series_id)),
            Change::Setting { .. } | Change::Dealt { .. } => {}
        }
    }
    let schedules = rows.schedules.iter().filter(|(_, row)| series.contains(&row.pattern.series_id));
    let exceptions = series.iter().flat_map(|series_id| {
        let of = rows.exceptions_of(*series_id);
        of.map(|(date, value)| (weekwise_domain::ExceptionKey { series_id: *series_id, date }, value.clone()))
    });
    Rows {
        schedules: schedules.map(|(id, row)| (*id, row.clone())).collect(),
        exceptions: exceptions.collect(),
        settings: rows.settings.clone(),
        dealt: BTreeMap::new(),
    }
}
