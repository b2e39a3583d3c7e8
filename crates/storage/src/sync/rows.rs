//! The rows of sync, as plain values: texts in the JSON of `docs/wire/sync.md` that are not read here.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use weekwise_domain::{Change, Exception, ExceptionKey, Schedule, ScheduleId, SeriesId, Setting};

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The origin of the server.
    pub server: String,
    /// The server's id of the person.
    pub user_id: String,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncState {
    /// How the server knows this device.
    pub device: String,
    /// The history that is pulled; none before the first page.
    pub epoch: Option<String>,
    /// The revision up to which it is pulled.
    pub cursor: i64,
    /// Points of the history, as JSON.
    pub trail: String,
    /// Up to where everything is known, as JSON.
    pub known: String,
    /// The sum over the server's rows, as 32 hexadecimal digits.
    pub checksum: String,
    /// The next place in the outbox and among the held rows.
    pub next: i64,
    /// Whether the outbox holds what the week does not show yet.
    pub is_stale: bool,
}

/// An operation that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its place.
    pub seq: i64,
    /// Its id.
    pub op: Uuid,
    /// The operation.
    pub body: String,
    /// The revision by which it is in the server's rows, once the server has it.
    pub through: Option<i64>,
}

/// A row of a lost history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// Its number.
    pub id: i64,
    /// The row.
    pub body: String,
    /// As for [`OutboxRow::through`].
    pub through: Option<i64>,
}

/// What a step sees of a file before it says what else it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What stands in single rows.
    pub state: SyncState,
    /// The held rows, by number.
    pub held: Vec<HeldRow>,
}

/// What a step needed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Operations of the outbox, in order.
    pub outbox: Vec<OutboxRow>,
    /// The bodies of rows of the server.
    pub base: Vec<String>,
}

/// Operations of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Waiting {
    /// None.
    #[default]
    None,
    /// Those that the server has, and that are not pulled yet.
    Taken,
    /// Those at these places.
    These(Vec<i64>),
    /// All.
    All,
}

/// The kind and the key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowName {
    /// The kind.
    pub kind: String,
    /// The key.
    pub key: String,
}

/// What a step needs, as far as there is any of it. Whatever of this is found brings along the operations that write to the rows, all
/// other rows that these write to, the segments of series that either names, and where a schedule is removed for good, the series'
/// exceptions; and with each schedule comes its tombstone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// The whole outbox, and all of the server's rows.
    pub everything: bool,
    /// These operations.
    pub waiting: Waiting,
    /// Those with these names. A schedule, or a tombstone of one, brings all segments of the series that it is in.
    pub rows: Vec<RowName>,
    /// The segments of these series.
    pub segments: Vec<SeriesId>,
    /// The exceptions of these series.
    pub dates: Vec<SeriesId>,
    /// The exceptions of the series that these schedules are in.
    pub dates_of: Vec<ScheduleId>,
}

/// One of the server's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseRow {
    /// Its name.
    pub name: RowName,
    /// The revision at which it was last written.
    pub rev: i64,
    /// The series that it belongs to, if it belongs to one.
    pub series: Option<SeriesId>,
    /// The row.
    pub body: String,
}

/// Something that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// Whether it is an operation; else it is a held row.
    pub is_operation: bool,
    /// The operation, or the row.
    pub body: String,
    /// Why.
    pub reason: String,
}

/// Something on the list of what was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its number.
    pub id: i64,
    /// When (RFC 3339).
    pub at: String,
    /// What and why.
    pub row: RejectedRow,
}

/// A conflict copy as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its id.
    pub id: Uuid,
    /// The row.
    pub body: String,
    /// Whether a person has dealt with it.
    pub is_resolved: bool,
}

/// What the week shows of rows; none where nothing is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// Schedules.
    pub schedules: Vec<(ScheduleId, Option<Schedule>)>,
    /// Exceptions.
    pub exceptions: Vec<(ExceptionKey, Option<Exception>)>,
    /// Settings by name; none has its default.
    pub settings: Vec<(String, Option<Setting>)>,
    /// Conflict copies.
    pub copies: Vec<(Uuid, Option<Copy>)>,
}

/// What a step changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What stands in single rows.
    pub state: SyncState,
    /// The server's rows that came or changed.
    pub base: Vec<BaseRow>,
    /// Those that are gone.
    pub base_gone: Vec<RowName>,
    /// What came into the outbox or changed in it.
    pub outbox: Vec<OutboxRow>,
    /// The places of what left it.
    pub outbox_gone: Vec<i64>,
    /// Held rows that came or changed.
    pub held: Vec<HeldRow>,
    /// The numbers of those that are gone.
    pub held_gone: Vec<i64>,
    /// What was rejected.
    pub rejected: Vec<RejectedRow>,
    /// What the week shows differently.
    pub view: View,
    /// Whether that is all that it shows: whatever else is in its tables goes. Settings that stay on the device stay.
    pub is_whole_view: bool,
    /// The changes of the edit as they were recorded, where they are others than those that were asked for.
    pub instead: Option<Vec<Change>>,
}

/// How much waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncCounts {
    /// What stands in single rows.
    pub state: SyncState,
    /// Operations that the server does not have.
    pub unsent: usize,
    /// Operations and held rows that the server has, and that are not in the rows that were pulled.
    pub waiting: usize,
    /// Held rows that the server does not have.
    pub held: usize,
}
