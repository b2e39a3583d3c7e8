//! What the calls carry: one reply for each view.

use serde::{Deserialize, Serialize};
use weekwise_domain::{
    Clock, Color, Date, DateRange, Exception, ExceptionTally, Location, Minute, OverLimit, Preview, Schedule,
    ScheduleId, SeriesId, Settings, Summary, TimeRange, Title, View, Weekday,
};

use crate::Notice;

/// The date and minute of the system's clock, in the system's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Today.
    pub date: Date,
    /// The minute of the day.
    pub minute: Minute,
}

/// Asks for the week that holds a date, and for those around it where weeks stand one under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WeekRequest {
    /// The date; none is today.
    pub date: Option<Date>,
    /// The view that it is for; none is the one that is remembered.
    #[serde(default)]
    pub view: Option<View>,
    /// How many weeks before it [`View::Weeks`] shows.
    #[serde(default)]
    pub before: u8,
    /// How many weeks after it [`View::Weeks`] shows.
    #[serde(default)]
    pub after: u8,
}

/// Asks for weeks to add to those that stand one under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeksRequest {
    /// A date of the first one.
    pub date: Date,
    /// How many.
    pub weeks: u8,
}

/// A week and what stands on its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its dates: seven, fewer at the ends of the kept years.
    pub window: DateRange,
    /// All slots on its dates: those that take place, are cancelled, or have moved away.
    pub blocks: Vec<Block>,
}

/// A week with everything that its view shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeekView {
    /// The week's dates: seven, fewer at the ends of the kept years.
    pub window: DateRange,
    /// The clock when this was read.
    pub now: Now,
    /// What the person has set.
    pub settings: Settings,
    /// What holds: what was set, else what the system's locale says.
    pub preferences: Preferences,
    /// What the system's locale says.
    pub system: SystemDefaults,
    /// All slots on dates of this week: those that take place, are cancelled, or have moved away.
    pub blocks: Vec<Block>,
    /// The view that this is for.
    pub view: View,
    /// The weeks before this one that the view shows, in order; fewer than asked for where the kept years begin.
    pub before: Vec<Week>,
    /// The weeks after this one that the view shows, in order; fewer than asked for where the kept years end.
    pub after: Vec<Week>,
    /// The weekdays on which more slots are valid than the limit allows.
    pub over_limit: Vec<OverLimit>,
    /// Whether there is no slot at all, in any week, outside the trash.
    pub is_empty: bool,
    /// How many series are in the trash.
    pub in_trash: u32,
    /// What undo and redo would do.
    pub history: History,
    /// What happened at the start that the person should know.
    pub notices: Vec<Notice>,
}

/// The preferences in force: what was set, else what the system's locale says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// How times are written.
    pub clock: Clock,
}

/// What the system's locale says, for what was not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemDefaults {
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// How times are written.
    pub clock: Clock,
    /// The name of the system's time zone.
    pub time_zone: String,
}

/// A slot on a date, as the week shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The segment.
    pub schedule_id: ScheduleId,
    /// The series.
    pub series_id: SeriesId,
    /// The date in the pattern.
    pub original_date: Date,
    /// The time in the pattern.
    pub usual_time: TimeRange,
    /// The date on which it takes place (for a cancelled one: would).
    pub date: Date,
    /// From when to when it takes place.
    pub time: TimeRange,
    /// Its title on this date.
    pub title: Title,
    /// Its place on this date.
    pub location: Location,
    /// Its colour.
    pub color: Color,
    /// Every how many weeks it repeats; 0 for a single date.
    pub every_n_weeks: u8,
    /// Whether it is as usual.
    pub standing: Standing,
}

/// Whether a date is as usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It follows the pattern.
    Usual,
    /// It takes place differently.
    Changed,
    /// It does not take place.
    Cancelled {
        /// Why, in short.
        reason: Option<Title>,
    },
}

/// Asks for one slot on one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRequest {
    /// The series.
    pub series_id: SeriesId,
    /// The original date.
    pub date: Date,
}

/// A series as the inspector shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    /// Its segments, by the date from which they are valid.
    pub segments: Vec<Schedule>,
    /// All its exceptions, by original date.
    pub ledger: Vec<LedgerEntry>,
}

/// An exception, and whether the series occurs on its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The original date.
    pub date: Date,
    /// What is different.
    pub exception: Exception,
    /// False when the series does not occur on the date, so that nothing is different.
    pub has_effect: bool,
}

/// What an edit would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    /// In numbers.
    pub preview: Preview,
    /// The first overlaps that its dates would have with other slots, in the year from the edit's first date.
    pub overlaps: Vec<OverlapWarning>,
}

/// Two slots that share time on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlapWarning {
    /// The date.
    pub date: Date,
    /// The other slot.
    pub title: Title,
    /// The other slot's time.
    pub time: TimeRange,
}

/// Identifies a recorded edit: they are numbered in the order in which they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub i64);

/// A recorded edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// What it did.
    pub summary: Summary,
}

/// What undo and redo would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct History {
    /// The edit that undo would take back.
    pub undo: Option<Step>,
    /// The edit that redo would do again.
    pub redo: Option<Step>,
}

/// An edit was done, and is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The edit as recorded; none when it changed nothing.
    pub step: Option<Step>,
    /// What was done (also when nothing changed).
    pub summary: Summary,
}

/// An edit was taken back or done again, and that is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The edit.
    pub step: Step,
    /// How many of its changes were left as they are because they were edited since.
    pub left: u32,
    /// What became of the exceptions of the series whose dates went back.
    pub exceptions: ExceptionTally,
}

/// A series in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedSeries {
    /// Its last segment.
    pub schedule: Schedule,
    /// How many exceptions it has.
    pub exceptions: u32,
}

/// The text of a file to read in, in the Weekwise JSON format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportText {
    /// The text.
    pub text: String,
}

/// The file that everything was written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Its whole path.
    pub path: String,
}

/// Where the data lies, and how it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The program's version.
    pub version: String,
    /// The path of the data file.
    pub file: String,
    /// The last snapshot.
    pub last_snapshot: Option<SnapshotInfo>,
    /// How many snapshots are kept.
    pub snapshots: u32,
}

/// A snapshot of the data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotInfo {
    /// The date on which it was taken.
    pub date: Date,
    /// The minute of the day at which it was taken.
    pub minute: Minute,
    /// Its path.
    pub file: String,
}
