//! How the data is kept: snapshots, and what there is to say about the file.

use std::{fs, path::Path, sync::atomic::Ordering};

use serde::Serialize;
use weekwise_protocol::{About, AskAbout, Failure, Notice, Now, SnapshotInfo, StorageFault};
use weekwise_storage::{Snapshot, StartEvent};

use crate::{
    App,
    clock::{self, to_the_minute},
    failure::{fault_of, stored},
    unpoisoned,
};

/// What `weekwise doctor` tells about the data. The shell adds what it knows of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doctor {
    /// The program's version.
    pub version: String,
    /// The data folder.
    pub folder: String,
    /// The data file.
    pub file: String,
    /// Its size in bytes, with what is not yet written back into it.
    pub bytes: u64,
    /// The version of its tables.
    pub tables: i64,
    /// What SQLite's full integrity check found wrong, and the first row that cannot be read; empty when all is well.
    pub problems: Vec<String>,
    /// How the file is written: the journal mode, `wal` as it should be.
    pub journal_mode: String,
    /// How commits reach the disk: `full` as it should be.
    pub synchronous: String,
    /// How many schedules it holds, those in the trash too.
    pub schedules: u64,
    /// How many exceptions it holds.
    pub exceptions: u64,
    /// How many edits can be looked back on.
    pub history: u64,
    /// The snapshots, newest first.
    pub snapshots: Vec<SnapshotReport>,
    /// The folders of damaged files that were set aside.
    pub set_aside: Vec<String>,
    /// What happened at the start.
    pub notices: Vec<Notice>,
}

/// A snapshot and whether it is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotReport {
    /// Its path.
    pub file: String,
    /// Why it was taken: `auto` or `before-migration`.
    pub kind: String,
    /// When it was taken, `YYYY-MM-DDTHH:MM:SS` by the wall clock.
    pub taken: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether it could take the file's place: it passes the full integrity check.
    pub is_good: bool,
}

impl App {
    /// Takes the day's snapshot unless there is one. To be called when the date changes; a failure is told in the
    /// week's notices.
    pub async fn daily_snapshot(&self) {
        let taken = self.inner.store.daily_snapshot(clock::moment()).await;
        let failure = taken.err().map(|error| {
            let detail = error.detail();
            log::error!("the day's snapshot failed: {detail}");
            match fault_of(&error) {
                StorageFault::Damaged => Notice::DamageFound,
                _ => Notice::SnapshotFailed { detail },
            }
        });
        *unpoisoned(&self.inner.snapshot_failure) = failure;
    }

    /// What the person should know about their data without having asked.
    pub fn notices(&self) -> Vec<Notice> {
        let snapshot = unpoisoned(&self.inner.snapshot_failure).clone();
        self.inner.opening.iter().cloned().chain(snapshot).collect()
    }

    /// The notices, for a person who sees them now: when the application is closed, they have been told.
    pub(crate) fn told_notices(&self) -> Vec<Notice> {
        self.inner.is_told.store(true, Ordering::Relaxed);
        self.notices()
    }

    /// Where the data lies, and how it is kept.
    ///
    /// # Errors
    /// When the snapshots cannot be listed.
    pub async fn about(&self, AskAbout {}: AskAbout) -> Result<About, Failure> {
        let store = &self.inner.store;
        let snapshots = store.snapshots().map_err(stored)?;
        Ok(About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            file: shown(&store.folder().file()),
            last_snapshot: snapshots.first().map(|it| {
                let Now { date, minute } = to_the_minute(it.taken);
                SnapshotInfo { date, minute, file: shown(&it.file) }
            }),
            snapshots: u32::try_from(snapshots.len()).unwrap_or(u32::MAX),
        })
    }

    /// A thorough look at the data and how it is kept: it reads every page of the file and of every snapshot.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn doctor(&self) -> Result<Doctor, Failure> {
        let store = &self.inner.store;
        let durability = store.durability().await.map_err(stored)?;
        let mut reading = self.read().await?;
        let counts = reading.counts().await.map_err(stored)?;
        let mut snapshots = Vec::new();
        for snapshot in store.snapshots().map_err(stored)? {
            // One that cannot even be read is not good.
            let is_good = store.is_good(&snapshot).await.unwrap_or(false);
            snapshots.push(report(&snapshot, is_good));
        }
        let file = store.folder().file();
        Ok(Doctor {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            folder: shown(store.folder().path()),
            bytes: size(&file) + size(&file.with_extension("sqlite-wal")),
            file: shown(&file),
            tables: reading.version().await.map_err(stored)?,
            problems: reading.problems().await.map_err(stored)?,
            journal_mode: durability.journal_mode,
            synchronous: durability.synchronous.to_owned(),
            schedules: counts.schedules,
            exceptions: counts.exceptions,
            history: counts.history,
            snapshots,
            set_aside: store.set_aside().map_err(stored)?.iter().map(|path| shown(path)).collect(),
            notices: self.told_notices(),
        })
    }
}

fn report(snapshot: &Snapshot, is_good: bool) -> SnapshotReport {
    SnapshotReport {
        file: shown(&snapshot.file),
        kind: snapshot.kind.name().to_owned(),
        taken: snapshot.taken.format("%Y-%m-%dT%H:%M:%S").to_string(),
        bytes: snapshot.bytes,
        is_good,
    }
}

pub(crate) fn notice_of(event: StartEvent) -> Notice {
    match event {
        StartEvent::Rebuilt { set_aside, taken, edits, is_whole } => {
            let set_aside = set_aside.as_deref().map(shown);
            Notice::Rebuilt { set_aside, taken: taken.map(to_the_minute), edits, is_whole }
        }
        StartEvent::StartedAfresh { set_aside } => Notice::StartedAfresh { set_aside: shown(&set_aside) },
        StartEvent::CaughtUp { edits } => Notice::CaughtUp { edits },
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |it| it.len())
}
