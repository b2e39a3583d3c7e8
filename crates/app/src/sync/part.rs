//! A step of sync on the part of a file that it needs, as storage does it.

use std::collections::BTreeSet;

use weekwise_domain::{ScheduleId, SeriesId};
use weekwise_protocol::sync::RowKey;
use weekwise_storage::{Changed, Loaded, Needs, Outline, StepError, SyncStep, Waiting};
use weekwise_sync::client::File;

use super::rows::{add_loaded, changed, file_of, name_of, series_of, shown};

/// What a step is about, beside what is held.
#[derive(Debug, Default)]
pub(super) struct About {
    /// The whole file.
    pub(super) everything: bool,
    /// Operations of the outbox, beside those that write to the rows here.
    pub(super) waiting: Waiting,
    /// Rows.
    pub(super) keys: BTreeSet<RowKey>,
    /// Series with all their segments.
    pub(super) segments: BTreeSet<SeriesId>,
    /// Series with all their dates.
    pub(super) dates: BTreeSet<SeriesId>,
    /// Schedules whose series' dates are needed.
    pub(super) dates_of: BTreeSet<ScheduleId>,
}

/// What a step leaves to be stored.
pub(super) enum Store {
    /// What it changed.
    Changes,
    /// Nothing.
    Nothing,
    /// What it changed, and the whole view.
    View,
}

/// A step.
pub(super) struct Part<'a, T> {
    about: About,
    #[expect(clippy::type_complexity, reason = "it is spelt out here and nowhere else")]
    act: Option<Box<dyn FnOnce(&mut File) -> (T, Store) + Send + 'a>>,
    file: Option<(File, bool)>,
    outcome: Option<T>,
}

impl<'a, T> Part<'a, T> {
    /// The step that does `act`.
    pub(super) fn new(about: About, act: impl FnOnce(&mut File) -> (T, Store) + Send + 'a) -> Self {
        Self { about, act: Some(Box::new(act)), file: None, outcome: None }
    }

    /// What it came to, once it was done.
    pub(super) fn outcome(&mut self) -> Option<T> {
        self.outcome.take()
    }
}

impl<T: Send> SyncStep for Part<'_, T> {
    fn begin(&mut self, outline: Outline) -> Result<Needs, StepError> {
        let is_stale = outline.state.is_stale;
        let file = file_of(outline)?;
        let needs = needs_of(&file, &self.about);
        self.file = Some((file, is_stale));
        Ok(needs)
    }

    fn end(&mut self, loaded: Loaded) -> Result<Option<Changed>, StepError> {
        let (Some((mut file, is_stale)), Some(act)) = (self.file.take(), self.act.take()) else { return Ok(None) };
        add_loaded(&mut file, loaded)?;
        let (outcome, store) = act(&mut file);
        self.outcome = Some(outcome);
        Ok(match store {
            Store::Nothing => None,
            Store::Changes => Some(changed(&mut file, is_stale)),
            Store::View => {
                let view = shown(file.view().iter().map(|row| (row.key.clone(), Some(row.clone()))));
                Some(Changed { view, is_whole_view: true, ..changed(&mut file, false) })
            }
        })
    }
}

/// What a step needs: what it is about, and the rows that are held, with all segments of their series, and all its exceptions where one
/// is removed for good.
fn needs_of(file: &File, about: &About) -> Needs {
    if about.everything {
        return Needs { everything: true, ..Needs::default() };
    }
    let mut keys = about.keys.clone();
    let (mut segments, mut dates) = (about.segments.clone(), about.dates.clone());
    let mut dates_of = about.dates_of.clone();
    for held in file.held.values() {
        let (key, series) = (&held.row.key, series_of(&held.row.key, &held.row));
        if let RowKey::Tombstone(id) = key {
            dates.extend(series);
            dates_of.insert(*id);
        }
        segments.extend(series);
        keys.insert(key.clone());
    }
    Needs {
        everything: false,
        waiting: about.waiting.clone(),
        rows: keys.iter().map(name_of).collect(),
        segments: segments.into_iter().collect(),
        dates: dates.into_iter().collect(),
        dates_of: dates_of.into_iter().collect(),
    }
}
