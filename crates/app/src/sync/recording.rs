//! Edits become operations, in the transaction that stores them.

use std::collections::BTreeSet;

use uuid::Uuid;
use weekwise_domain::{Change, ScheduleId};
use weekwise_protocol::sync::{OpId, RowKey};
use weekwise_storage::{Changed, Loaded, Moment, Needs, Outline, Recording, StepError, SyncStep};
use weekwise_sync::client::{self, RecordError};

use super::{
    new_ids::under_new_ids,
    part::{About, Part, Store},
};

/// Records the edits of a file of an account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recorder;

impl Recording for Recorder {
    fn record(&self, changes: &[Change], now: Moment) -> Box<dyn SyncStep> {
        Box::new(Record(record(changes.to_vec(), now)))
    }
}

/// What was recorded: as it was asked for, or these changes instead.
pub(super) type Recorded = Result<Option<Vec<Change>>, RecordError>;

/// The step that puts changes into the outbox.
pub(super) fn record(changes: Vec<Change>, now: Moment) -> Part<'static, Recorded> {
    let about = about(&changes);
    Part::new(about, move |file| {
        let now_ms = now.timestamp_millis();
        let mut recorder = client::Recorder { id: &mut || OpId(Uuid::now_v7()), now_ms };
        if file.record(&changes, &mut recorder).is_ok() {
            return (Ok(None), Store::Changes);
        }
        // Of schedules that were removed for good since: what is removed for good comes back under another id only.
        let changes = under_new_ids(&changes, file, || ScheduleId(Uuid::now_v7()));
        match file.record(&changes, &mut recorder) {
            Ok(_) => (Ok(Some(changes)), Store::Changes),
            Err(error) => (Err(error), Store::Nothing),
        }
    })
}

struct Record(Part<'static, Recorded>);

impl SyncStep for Record {
    fn begin(&mut self, outline: Outline) -> Result<Needs, StepError> {
        self.0.begin(outline)
    }

    fn end(&mut self, loaded: Loaded) -> Result<Option<Changed>, StepError> {
        let changed = self.0.end(loaded)?;
        match self.0.outcome() {
            Some(Err(error)) => Err(StepError { table: "base", reason: error.to_string() }),
            Some(Ok(instead)) => Ok(changed.map(|changed| Changed { instead, ..changed })),
            None => Ok(changed),
        }
    }
}

/// What changes touch or name.
fn about(changes: &[Change]) -> About {
    let mut about = About::default();
    for change in changes {
        match change {
            Change::Schedule { id, before, after } => {
                about.keys.extend([RowKey::Schedule(*id), RowKey::Tombstone(*id)]);
                let series: BTreeSet<_> =
                    [before, after].into_iter().flatten().map(|row| row.pattern.series_id).collect();
                about.segments.extend(&series);
                if after.is_none() {
                    about.dates.extend(&series);
                    about.dates_of.insert(*id);
                }
            }
            Change::Pattern { id, before, after } => {
                about.keys.insert((*id).into());
                about.segments.extend([before.series_id, after.series_id]);
            }
            Change::Details { id, .. } => drop(about.keys.insert((*id).into())),
            Change::Active { id, .. } => {
                about.keys.insert((*id).into());
                about.dates_of.insert(*id);
            }
            Change::Exception { key, .. } => {
                about.keys.insert((*key).into());
                about.segments.insert(key.series_id);
            }
            Change::Setting { after, .. } => {
                let named = serde_json::json!(after);
                let name = named["name"].as_str().unwrap_or_default().to_owned();
                about.keys.insert(RowKey::Setting(name));
            }
        }
    }
    about
}
