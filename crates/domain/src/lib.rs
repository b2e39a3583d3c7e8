//! The Weekwise week model: recurring slots, exceptions to single dates, and every edit of them.
//!
//! Everything here is civil time: dates without a zone and minutes of a wall clock, never
//! instants. A slot at 09:00 is at 09:00 in every zone and on both sides of a clock change.
//!
//! The three verbs of this crate:
//! - [`expand`] turns slots and exceptions into the occurrences of a window of dates;
//! - [`plan`] turns an [`Edit`] and the current [`Rows`] into register [`Change`]s and a preview in numbers;
//! - [`revert`] turns recorded changes back, as far as nothing later stands on them.
//!
//! What it deliberately is not: it does no IO, reads no clock, makes no ids and draws no random
//! numbers (all are passed in), so that it compiles to WebAssembly and serves the interface, the
//! desktop and the server alike.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod date;
mod edit;
mod exception;
mod expand;
mod limit;
mod matter;
mod rotation;
mod rows;
mod schedule;
mod settings;
mod text;
mod time;

pub use date::{Date, DateError, DateRange, DateRangeError, Weekday, WeekdayError};
pub use edit::{
    Count, Displaced, Edit, EditError, ExceptionTally, ImportTally, Left, LeftReason, Plan, Preview, Request, Reverted,
    SeriesPatch, Subject, Summary, Until, plan, revert,
};
pub use exception::{Cancellation, Exception, ExceptionKey, Override};
pub use expand::{Deviation, Occurrence, deviations, expand, overlaps};
pub use limit::{OverLimit, SlotLimit, SlotLimitError, over_limit};
pub use matter::Matter;
pub use rotation::{EveryNWeeks, EveryNWeeksError};
pub use rows::{Change, Rows};
pub use schedule::{
    Color, ColorError, Details, Pattern, ReminderError, ReminderMinutes, Schedule, ScheduleId, SeriesId, Validity,
};
pub use settings::{Clock, Setting, Settings, Theme, TimeZone, TimeZoneError, View};
pub use text::{Location, Notes, Text, TextError, Title};
pub use time::{Minute, TimeError, TimeRange};
