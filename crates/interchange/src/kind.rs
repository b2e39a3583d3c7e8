//! The kinds of value that a key can have: how each is named to a person, and how it is read.

use std::fmt::Display;

use serde_json::Value;
use uuid::Uuid;
use weekwise_domain::{
    Clock, Color, Date, EveryNWeeks, Location, Minute, Notes, ReminderMinutes, SlotLimit, TimeZone, Title, Weekday,
    WeekdayError,
};

/// A kind of value.
pub(crate) struct Kind<T> {
    /// What belongs where this kind is expected.
    pub(crate) name: &'static str,
    /// None where the JSON type is another one; else the value, or why it is none of this kind.
    pub(crate) read: fn(&Value) -> Option<Result<T, String>>,
}

pub(crate) const ID: Kind<Uuid> = Kind {
    name: "an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60)",
    read: |value| {
        let text = value.as_str()?;
        Some(Uuid::try_parse(text).map_err(|_| {
            format!("\"{}\" is not an id: it must be a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60", short(text))
        }))
    },
};

pub(crate) const DATE: Kind<Date> =
    Kind { name: "a date such as \"2026-01-31\"", read: |value| Some(said(value.as_str()?.parse::<Date>())) };

pub(crate) const TIME: Kind<Minute> =
    Kind { name: "a time such as \"09:00\"", read: |value| Some(said(value.as_str()?.parse::<Minute>())) };

pub(crate) const WEEKDAY: Kind<Weekday> = Kind {
    name: "a weekday from 0 (Sunday) to 6 (Saturday)",
    read: |value| {
        let number = value.as_i64()?;
        let weekday = u8::try_from(number).ok().and_then(|day| Weekday::try_from(day).ok());
        Some(weekday.ok_or_else(|| WeekdayError(number).to_string()))
    },
};

pub(crate) const EVERY: Kind<EveryNWeeks> =
    Kind { name: "a number of weeks from 1 to 8", read: |value| Some(said(EveryNWeeks::try_from(value.as_i64()?))) };

pub(crate) const REMINDER: Kind<ReminderMinutes> = Kind {
    name: "a number of minutes from 0 to 10080",
    read: |value| Some(said(ReminderMinutes::try_from(value.as_i64()?))),
};

pub(crate) const SLOT_LIMIT: Kind<SlotLimit> =
    Kind { name: "a number of slots from 1 to 24", read: |value| Some(said(SlotLimit::try_from(value.as_i64()?))) };

pub(crate) const TITLE: Kind<Title> =
    Kind { name: "a text of at most 200 characters", read: |value| Some(said(Title::new(value.as_str()?))) };

pub(crate) const LOCATION: Kind<Location> =
    Kind { name: "a text of at most 200 characters", read: |value| Some(said(Location::new(value.as_str()?))) };

pub(crate) const NOTES: Kind<Notes> =
    Kind { name: "a text of at most 4000 characters", read: |value| Some(said(Notes::new(value.as_str()?))) };

pub(crate) const COLOR: Kind<Color> =
    Kind { name: "the name of a colour", read: |value| Some(said(value.as_str()?.parse::<Color>())) };

pub(crate) const FLAG: Kind<bool> = Kind { name: "true or false", read: |value| Some(Ok(value.as_bool()?)) };

pub(crate) const ZONE: Kind<TimeZone> = Kind {
    name: "a time zone such as \"Europe/Berlin\"",
    read: |value| Some(said(TimeZone::try_from(value.as_str()?.to_owned()))),
};

pub(crate) const CLOCK: Kind<Clock> = Kind {
    name: "\"h12\" or \"h24\"",
    read: |value| {
        Some(match value.as_str()? {
            "h12" => Ok(Clock::H12),
            "h24" => Ok(Clock::H24),
            other => Err(format!("\"{}\" is not a way to write times: use h12 or h24", short(other))),
        })
    },
};

/// Whether a date is cancelled (true) or overridden.
pub(crate) const IS_CANCELLED: Kind<bool> = Kind {
    name: "\"cancelled\" or \"override\"",
    read: |value| {
        Some(match value.as_str()? {
            "cancelled" => Ok(true),
            "override" => Ok(false),
            other => Err(format!("\"{}\" is not a kind of exception: use cancelled or override", short(other))),
        })
    },
};

/// A value as a person would name it; numbers and short texts with what they say.
pub(crate) fn named(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text \"{}\"", short(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The first 40 characters.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn said<T, E: Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
