//! What sync has to tell a person: what came from other devices, what is in conflict, what was not taken, and what does not
//! fit together in the week that came of it. All of it as values; the interface words them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use weekwise_domain::{
    Color, Date, EveryNWeeks, Exception, Location, Notes, OverLimit, ReminderMinutes, Schedule, SeriesId, Setting,
    SlotLimit, TimeRange, Title, Weekday,
};

use crate::{Now, sync::CopyId};

/// Asks what sync has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChanges {}

/// Notes that the person has seen what came, up to one that was shown to them. What came since stays new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeeChanges {
    /// The newest one that was shown.
    pub through: ArrivalId,
}

/// Takes back what came from another device, as far as it still stands: an edit like others, with one undo. Its summary says
/// how much was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeBack {
    /// What came.
    pub arrival: ArrivalId,
}

/// Puts the version that lost in the place of the one that holds; the conflict is dealt with, on all devices. One undo brings
/// both back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseOther {
    /// The conflict.
    pub conflict: CopyId,
}

/// Keeps the version that holds; the conflict is dealt with, on all devices. Undo opens it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepThis {
    /// The conflict.
    pub conflict: CopyId,
}

/// Does again, as a new edit, what was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryRejected {
    /// What was not taken.
    pub rejected: RejectedId,
}

/// Gives up what was not taken. Undo puts it back on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissRejected {
    /// What was not taken.
    pub rejected: RejectedId,
}

/// Identifies what came from elsewhere: the id of its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArrivalId(pub Uuid);

/// Identifies what was not taken. Of this device alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RejectedId(pub i64);

/// What sync has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// What came from elsewhere, the newest first.
    pub arrivals: Vec<Arrival>,
    /// How many older arrivals are kept that are not told here.
    pub older: u32,
    /// What is in conflict, the newest first.
    pub conflicts: Vec<Conflict>,
    /// What was not taken, the newest first.
    pub rejected: Vec<RejectedEdit>,
    /// The weekdays on which more slots are valid than the limit allows.
    pub over_limit: Vec<OverLimit>,
    /// That limit.
    pub slot_limit: SlotLimit,
    /// Slots that share time in the next weeks, by date.
    pub overlaps: Vec<Overlap>,
    /// Exceptions on dates on which their series does not occur, by date, those in the past last.
    pub without_effect: Vec<WithoutEffect>,
    /// How much there is that the person has neither seen nor dealt with: arrivals, conflicts and what was not taken.
    pub untold: u32,
}

/// An edit that came from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Its id.
    pub id: ArrivalId,
    /// Where it was made.
    pub by: Author,
    /// When it was made, as the server estimates (milliseconds since 1970, UTC).
    pub at_ms: i64,
    /// The same by the clock on this device's wall.
    pub at: Now,
    /// What it changed here.
    pub differences: Vec<Difference>,
    /// How many more there are.
    pub more: u32,
    /// Whether edits of this device to the same series were made at the same time, so that both are in it now.
    pub is_merged: bool,
    /// Whether the person has seen it.
    pub is_seen: bool,
    /// How it stands.
    pub standing: ArrivalStanding,
}

/// What could be taken back of what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalStanding {
    /// All of it still stands.
    Whole,
    /// Some of it was edited since: that would be left.
    Partly,
    /// All of it was edited since.
    Over,
    /// It was taken back.
    TakenBack,
}

/// Where an edit was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// On this device.
    ThisDevice,
    /// In the person's web client, or by the server in their name.
    Web,
    /// On another device.
    Device {
        /// Its id.
        id: String,
        /// What it is called, where that is known.
        name: Option<String>,
    },
}

/// A change, in values that can be put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The slot, if it is about one that is known here.
    pub slot: Option<SlotName>,
    /// What is different.
    pub what: What,
}

/// Which slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotName {
    /// The series.
    pub series_id: SeriesId,
    /// Its title.
    pub title: Title,
    /// A date on which it can be seen in the week; none where it is in the trash or gone.
    pub date: Option<Date>,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A slot was added.
    Added(Box<Schedule>),
    /// A series was divided: it has another part.
    Divided(Box<Schedule>),
    /// A slot was removed for good.
    Removed(Box<Schedule>),
    /// It was put into the trash.
    Trashed,
    /// It was taken out of the trash.
    Restored,
    /// Fields of a slot.
    Fields(Vec<Field>),
    /// A date takes place differently, or as usual again.
    Date {
        /// The original date.
        date: Date,
        /// The usual time on it, where the series occurs on it.
        usual: Option<TimeRange>,
        /// What is different on it; none is "as usual".
        exception: Both<Option<Exception>>,
    },
    /// A setting.
    Setting(Both<Setting>),
}

/// A field of a slot, with both of its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The title.
    Title(Both<Title>),
    /// The notes.
    Notes(Both<Notes>),
    /// The place.
    Location(Both<Location>),
    /// The colour.
    Color(Both<Color>),
    /// The reminder, in minutes before the start.
    Reminder(Both<Option<ReminderMinutes>>),
    /// The weekday.
    Weekday(Both<Weekday>),
    /// The times.
    Time(Both<TimeRange>),
    /// The first date.
    From(Both<Date>),
    /// The last date.
    Until(Both<Option<Date>>),
    /// The rhythm.
    Every(Both<EveryNWeeks>),
    /// The series that it is a part of.
    Series(Both<SeriesId>),
}

/// Two values of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Both<T> {
    /// What it was; of a conflict: what holds.
    pub before: T,
    /// What it became; of a conflict: what lost.
    pub after: T,
}

/// Two versions that did not know of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its id.
    pub id: CopyId,
    /// Where the version was made that lost.
    pub by: Author,
    /// When, as the server estimates (milliseconds since 1970, UTC).
    pub at_ms: i64,
    /// The same by the clock on this device's wall.
    pub at: Now,
    /// How they differ: from the version that holds to the one that lost. No fields, where they have come to be the same.
    pub difference: Difference,
    /// Whether the one that lost can be used instead.
    pub can_use_other: bool,
    /// How many other conflicts are dealt with along with it, if the other is used: of what was removed for good all comes back.
    pub along: u32,
}

/// An edit that the server did not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedEdit {
    /// Its number.
    pub id: RejectedId,
    /// When it was rejected (milliseconds since 1970, UTC), by this device's clock.
    pub at_ms: i64,
    /// The same by the clock on this device's wall.
    pub at: Now,
    /// Why.
    pub why: Rejection,
    /// What it would change, as far as that can be read.
    pub differences: Vec<Difference>,
    /// How many more there are, those too that cannot be read.
    pub more: u32,
    /// Whether it can be done again.
    pub can_retry: bool,
}

/// Why the server did not take an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// It cannot be read, or holds what cannot be.
    Unreadable {
        /// Where and what.
        detail: String,
    },
    /// Its id belongs to another edit.
    IdTaken,
    /// What it changes is not there.
    NotThere,
    /// It needs another edit that was not taken.
    NeedsAnother,
    /// The account is full.
    AccountFull,
    /// It is too large to be sent.
    TooLarge,
    /// The server fails on it, again and again.
    ServerFails,
}

/// Two slots that share time on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// The date.
    pub date: Date,
    /// The one that begins first.
    pub first: OverlapSide,
    /// The other.
    pub second: OverlapSide,
}

/// A slot that shares time with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlapSide {
    /// The series.
    pub series_id: SeriesId,
    /// The date in the pattern.
    pub original_date: Date,
    /// Its title on the date.
    pub title: Title,
    /// Its time on the date.
    pub time: TimeRange,
}

/// An exception on a date on which its series does not occur.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutEffect {
    /// The series.
    pub series_id: SeriesId,
    /// Its title.
    pub title: Title,
    /// The original date.
    pub date: Date,
    /// What would be different.
    pub exception: Exception,
}
