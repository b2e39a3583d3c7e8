//! What a person has set.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{SlotLimit, Weekday};

/// All settings. What is none follows the system.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// How many slots a weekday may have.
    pub slot_limit: SlotLimit,
    /// The zone for exports and reminders; none is that of the system.
    pub time_zone: Option<TimeZone>,
    /// The day on which weeks begin; none is that of the system's locale.
    pub first_weekday: Option<Weekday>,
    /// How times are written; none is the way of the system's locale.
    pub clock: Option<Clock>,
    /// Light, dark, or as the system.
    pub theme: Theme,
    /// Whether the week view leaves out Saturday and Sunday.
    pub hide_weekend: bool,
    /// Which view the window shows.
    pub view: View,
}

/// One setting with its value. Each is a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "value", rename_all = "snake_case")]
pub enum Setting {
    /// See [`Settings::slot_limit`].
    SlotLimit(SlotLimit),
    /// See [`Settings::time_zone`].
    TimeZone(Option<TimeZone>),
    /// See [`Settings::first_weekday`].
    FirstWeekday(Option<Weekday>),
    /// See [`Settings::clock`].
    Clock(Option<Clock>),
    /// See [`Settings::theme`].
    Theme(Theme),
    /// See [`Settings::hide_weekend`].
    HideWeekend(bool),
    /// See [`Settings::view`].
    View(View),
}

impl Settings {
    /// The current value of the setting that `like` names.
    pub fn value_of(&self, like: &Setting) -> Setting {
        match like {
            Setting::SlotLimit(_) => Setting::SlotLimit(self.slot_limit),
            Setting::TimeZone(_) => Setting::TimeZone(self.time_zone.clone()),
            Setting::FirstWeekday(_) => Setting::FirstWeekday(self.first_weekday),
            Setting::Clock(_) => Setting::Clock(self.clock),
            Setting::Theme(_) => Setting::Theme(self.theme),
            Setting::HideWeekend(_) => Setting::HideWeekend(self.hide_weekend),
            Setting::View(_) => Setting::View(self.view),
        }
    }

    /// Sets one of them.
    pub fn set(&mut self, setting: Setting) {
        match setting {
            Setting::SlotLimit(value) => self.slot_limit = value,
            Setting::TimeZone(value) => self.time_zone = value,
            Setting::FirstWeekday(value) => self.first_weekday = value,
            Setting::Clock(value) => self.clock = value,
            Setting::Theme(value) => self.theme = value,
            Setting::HideWeekend(value) => self.hide_weekend = value,
            Setting::View(value) => self.view = value,
        }
    }
}

/// How times of day are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// 1:30 PM.
    H12,
    /// 13:30.
    H24,
}

/// Which colours the interface has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How the window shows a person's weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// One week, hour by hour.
    #[default]
    Week,
    /// Weeks one under another, day by day.
    Weeks,
}

/// The name of a zone in the IANA time zone database, such as `Europe/Berlin`. Here only its
/// form is checked; that the zone exists is checked where zones are known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

/// A text that cannot be the name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a time zone: use a name such as Europe/Berlin or UTC")]
pub struct TimeZoneError(pub String);

impl TimeZone {
    /// The zone's name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TimeZone {
    type Error = TimeZoneError;
    fn try_from(name: String) -> Result<Self, TimeZoneError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
        let shaped = (1..=64).contains(&name.len())
            && name.bytes().all(allowed)
            && name.starts_with(|c: char| c.is_ascii_alphabetic());
        if shaped { Ok(Self(name)) } else { Err(TimeZoneError(name.chars().take(64).collect())) }
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
