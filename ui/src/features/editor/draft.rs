//! What a person has typed into the inspector, over what the fields held before. Pure: no DOM, no calls.

use weekwise_domain::{
    Color, Date, Displaced, Exception, Minute, Notes, Pattern, Schedule, ScheduleId, TimeRange, Title, Weekday,
};
use weekwise_protocol::{SlotRequest, SlotView};

use crate::words::Words;

/// Which dates of a series an edit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The open date alone.
    Date,
    /// The open date and all later ones.
    Following,
    /// All dates.
    Series,
}

/// An edit that is not saved yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Which dates it is for.
    pub scope: Scope,
    /// The fields that were touched.
    pub typed: Typed,
    /// What becomes of changed dates that the series leaves.
    pub displaced: Displaced,
    /// The id of the schedule that saving may make.
    pub new_id: ScheduleId,
}

/// The touched fields, named as those of [`Values`]; none is as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Typed {
    pub title: Option<String>,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub date: Option<String>,
    pub weekday: Option<Weekday>,
    pub every: Option<u8>,
    pub until: Option<String>,
    pub location: Option<String>,
    pub color: Option<Color>,
    pub notes: Option<String>,
    pub reason: Option<String>,
    pub restart: bool,
}

/// The contents of all fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The title.
    pub title: String,
    /// The start, as written.
    pub starts: String,
    /// The end, as written.
    pub ends: String,
    /// The date (scope: this date) or the first date, as written.
    pub date: String,
    /// The weekday of a series.
    pub weekday: Weekday,
    /// Every how many weeks; 0 for once.
    pub every: u8,
    /// The last date, as written; empty for none.
    pub until: String,
    /// The place.
    pub location: String,
    /// The colour.
    pub color: Color,
    /// The notes.
    pub notes: String,
    /// Why a date is cancelled.
    pub reason: String,
}

/// What the draft is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin<'a> {
    /// A slot that does not exist yet.
    New {
        /// The date that was chosen in the week.
        date: Date,
        /// The time that was chosen.
        time: TimeRange,
    },
    /// A slot on a date.
    Slot {
        /// Which.
        key: SlotRequest,
        /// Its series.
        view: &'a SlotView,
    },
}

impl Draft {
    /// An untouched draft.
    pub fn new(scope: Scope, new_id: ScheduleId) -> Self {
        Self { scope, typed: Typed::default(), displaced: Displaced::Carry, new_id }
    }

    /// The contents of the fields: what was typed, else what is.
    pub fn values(&self, base: &Values) -> Values {
        let (base, typed) = (base.clone(), self.typed.clone());
        Values {
            title: typed.title.unwrap_or(base.title),
            starts: typed.starts.unwrap_or(base.starts),
            ends: typed.ends.unwrap_or(base.ends),
            date: typed.date.unwrap_or(base.date),
            weekday: typed.weekday.unwrap_or(base.weekday),
            every: typed.every.unwrap_or(base.every),
            until: typed.until.unwrap_or(base.until),
            location: typed.location.unwrap_or(base.location),
            color: typed.color.unwrap_or(base.color),
            notes: typed.notes.unwrap_or(base.notes),
            reason: typed.reason.unwrap_or(base.reason),
        }
    }

    /// Whether anything differs from what is.
    pub fn is_dirty(&self, base: &Values) -> bool {
        self.typed.restart || self.values(base) != *base
    }
}

impl<'a> Origin<'a> {
    /// The segment that the open date belongs to (else the last one).
    pub fn segment(self) -> Option<&'a Schedule> {
        let Self::Slot { key, view } = self else { return None };
        view.segments.iter().find(|row| row.pattern.occurs_on(key.date)).or(view.segments.last())
    }

    /// What is different on the open date.
    pub fn exception(self) -> Option<&'a Exception> {
        let Self::Slot { key, view } = self else { return None };
        view.ledger.iter().find(|entry| entry.date == key.date).map(|entry| &entry.exception)
    }

    /// Whether the series has a single date, so that there is nothing to choose a scope from.
    pub fn is_once(self) -> bool {
        match self {
            Self::New { .. } => true,
            Self::Slot { view, .. } => matches!(view.segments.as_slice(), [only] if is_one_off(&only.pattern)),
        }
    }

    /// What the fields hold before anything is typed.
    pub fn base(self, scope: Scope, words: &Words) -> Values {
        match (self, self.segment()) {
            (Self::Slot { key, view }, Some(segment)) if scope == Scope::Date && !self.is_once() => {
                of_date(key.date, segment, self.exception(), view, words)
            }
            (Self::Slot { key, view }, Some(segment)) => of_series(scope, key.date, segment, view, words),
            (Self::New { date, time }, _) => of_new(date, time, words),
            (Self::Slot { key, .. }, None) => of_new(key.date, whole_day(), words),
        }
    }
}

fn whole_day() -> TimeRange {
    TimeRange::new(Minute::MIDNIGHT, Minute::END_OF_DAY).expect("midnight is before the end of the day")
}

/// Whether a pattern is of one date only.
pub fn is_one_off(pattern: &Pattern) -> bool {
    pattern.validity.until == Some(pattern.validity.from)
}

fn of_new(date: Date, time: TimeRange, words: &Words) -> Values {
    Values {
        title: String::new(),
        starts: words.time(time.start()),
        ends: words.time(time.end()),
        date: words.date_medium(date),
        weekday: date.weekday(),
        every: 1,
        until: String::new(),
        location: String::new(),
        color: Color::default(),
        notes: String::new(),
        reason: String::new(),
    }
}

fn of_date(date: Date, segment: &Schedule, exception: Option<&Exception>, view: &SlotView, words: &Words) -> Values {
    let mut values = of_series(Scope::Date, date, segment, view, words);
    values.date = words.date_medium(date);
    match exception {
        None => {}
        Some(Exception::Cancelled(reason)) => {
            values.reason = reason.title.as_ref().map(Title::to_string).unwrap_or_default();
            values.notes = reason.notes.as_ref().map(Notes::to_string).unwrap_or_default();
        }
        Some(Exception::Override(change)) => {
            let time = change.time.unwrap_or(segment.pattern.time);
            values.starts = words.time(time.start());
            values.ends = words.time(time.end());
            values.date = words.date_medium(change.moved_to.unwrap_or(date));
            let details = &segment.details;
            values.title = change.title.as_ref().unwrap_or(&details.title).to_string();
            values.location = change.location.as_ref().unwrap_or(&details.location).to_string();
            values.notes = change.notes.as_ref().unwrap_or(&details.notes).to_string();
        }
    }
    values
}

fn of_series(scope: Scope, date: Date, segment: &Schedule, view: &SlotView, words: &Words) -> Values {
    let Schedule { pattern, details, .. } = segment;
    let first = view.segments.iter().filter_map(|row| row.pattern.first_date()).min();
    let last = view.segments.iter().rfind(|row| row.pattern.first_date().is_some()).unwrap_or(segment);
    let first_date = match scope {
        Scope::Series => first.unwrap_or(pattern.validity.from),
        Scope::Date | Scope::Following => date,
    };
    Values {
        title: details.title.to_string(),
        starts: words.time(pattern.time.start()),
        ends: words.time(pattern.time.end()),
        date: words.date_medium(first_date),
        weekday: pattern.day_of_week,
        every: if is_one_off(pattern) && view.segments.len() == 1 { 0 } else { pattern.every.number() },
        until: last.pattern.validity.until.map(|until| words.date_medium(until)).unwrap_or_default(),
        location: details.location.to_string(),
        color: details.color,
        notes: details.notes.to_string(),
        reason: String::new(),
    }
}
