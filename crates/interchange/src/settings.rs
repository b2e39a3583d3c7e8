//! The object `settings`: those that belong to the person, not to the device.

use serde::Serialize;
use weekwise_domain::{Clock, Setting, SlotLimit, TimeZone, Weekday};

use crate::{
    fields::Fields,
    kind::{CLOCK, SLOT_LIMIT, WEEKDAY, ZONE},
};

/// The settings that are there, in the order of the format. A null follows the system.
pub(crate) fn read(object: &mut Fields<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    if object.raw("slot_limit").is_some() {
        found.extend(object.required("slot_limit", SLOT_LIMIT).map(Setting::SlotLimit));
    }
    if object.raw("time_zone").is_some() {
        found.extend(object.optional("time_zone", ZONE).map(Setting::TimeZone));
    }
    if object.raw("first_weekday").is_some() {
        found.extend(object.optional("first_weekday", WEEKDAY).map(Setting::FirstWeekday));
    }
    if object.raw("clock").is_some() {
        found.extend(object.optional("clock", CLOCK).map(Setting::Clock));
    }
    found
}

/// The settings as they are written. What is none is left out; `Some(None)` is written as null.
#[derive(Serialize, Default)]
pub(crate) struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    slot_limit: Option<SlotLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<Option<&'a TimeZone>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_weekday: Option<Option<Weekday>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<Option<Clock>>,
}

impl<'a> From<&'a [Setting]> for Row<'a> {
    fn from(settings: &'a [Setting]) -> Self {
        let mut row = Self::default();
        for setting in settings {
            match setting {
                Setting::SlotLimit(limit) => row.slot_limit = Some(*limit),
                Setting::TimeZone(zone) => row.time_zone = Some(zone.as_ref()),
                Setting::FirstWeekday(day) => row.first_weekday = Some(*day),
                Setting::Clock(clock) => row.clock = Some(*clock),
                // These are the device's.
                Setting::Theme(_) | Setting::HideWeekend(_) | Setting::View(_) => {}
            }
        }
        row
    }
}
