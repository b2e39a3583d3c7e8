//! The fields of registers that have several.
//!
//! Three rules let versions of Weekwise live side by side: a field that a write leaves out stays as it is, null clears
//! it, and a field that this version does not know is kept ([`Extra`]).

use std::{collections::BTreeMap, fmt::Display};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};
use thiserror::Error;
use weekwise_domain::{Cancellation, Details, Exception, Minute, Override, Pattern, TimeRange, Validity};

/// Fields of a later version, by name: kept as they are.
pub type Extra = BTreeMap<String, Json>;

/// Why fields cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The field's name; empty where there are no fields at all.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FieldError {
    pub(crate) fn new(field: &str, reason: impl Display) -> Self {
        // The words of a reader may quote what they read at any length.
        Self { field: field.to_owned(), reason: reason.to_string().chars().take(200).collect() }
    }
}

/// The register *pattern*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFields {
    /// What this version knows.
    pub pattern: Pattern,
    /// What it does not.
    pub extra: Extra,
}

/// The register *details*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailsFields {
    /// What this version knows.
    pub details: Details,
    /// What it does not.
    pub extra: Extra,
}

/// The register of an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionFields {
    /// What this version knows; none is "follows the pattern".
    pub exception: Option<Exception>,
    /// What it does not.
    pub extra: Extra,
}

impl PatternFields {
    pub(crate) fn read(json: &Json) -> Result<Self, FieldError> {
        let mut fields = Fields::of(json)?;
        let series_id = fields.take("series_id")?;
        let day_of_week = fields.take("day_of_week")?;
        let time = range(fields.take("start")?, fields.take("end")?)?;
        let validity = Validity { from: fields.take("valid_from")?, until: fields.take("valid_until")? };
        let every = fields.take("every_n_weeks")?;
        Ok(Self { pattern: Pattern { series_id, day_of_week, time, validity, every }, extra: fields.rest() })
    }

    pub(crate) fn write(&self) -> Json {
        let Pattern { series_id, day_of_week, time, validity, every } = &self.pattern;
        let known = json!({
            "series_id": series_id, "day_of_week": day_of_week, "start": time.start(), "end": time.end(),
            "valid_from": validity.from, "valid_until": validity.until, "every_n_weeks": every,
        });
        with_extra(known, &self.extra)
    }
}

impl DetailsFields {
    pub(crate) fn read(json: &Json) -> Result<Self, FieldError> {
        let mut fields = Fields::of(json)?;
        let details = Details {
            title: fields.take("title")?,
            notes: fields.take("notes")?,
            location: fields.take("location")?,
            color: fields.take("color")?,
            reminder: fields.take("reminder_minutes")?,
        };
        Ok(Self { details, extra: fields.rest() })
    }

    pub(crate) fn write(&self) -> Json {
        let Details { title, notes, location, color, reminder } = &self.details;
        let known = json!({
            "title": title, "notes": notes, "location": location, "color": color, "reminder_minutes": reminder,
        });
        with_extra(known, &self.extra)
    }
}

impl ExceptionFields {
    pub(crate) fn read(json: &Json) -> Result<Self, FieldError> {
        let mut fields = Fields::of(json)?;
        let kind: String = fields.take("kind")?;
        let exception = match kind.as_str() {
            "pattern" => None,
            "cancelled" => Some(Exception::Cancelled(Cancellation {
                title: fields.take_or_null("title")?,
                notes: fields.take_or_null("notes")?,
            })),
            "override" => {
                let time = match (fields.take_or_null("start")?, fields.take_or_null("end")?) {
                    (None, None) => None,
                    (Some(start), Some(end)) => Some(range(start, end)?),
                    (Some(_), None) => return Err(FieldError::new("end", "missing beside a start")),
                    (None, Some(_)) => return Err(FieldError::new("start", "missing beside an end")),
                };
                Some(Exception::Override(Override {
                    time,
                    moved_to: fields.take_or_null("moved_to")?,
                    title: fields.take_or_null("title")?,
                    notes: fields.take_or_null("notes")?,
                    location: fields.take_or_null("location")?,
                }))
            }
            _ => return Err(FieldError::new("kind", "not one of pattern, cancelled, override")),
        };
        Ok(Self { exception, extra: fields.rest() })
    }

    pub(crate) fn write(&self) -> Json {
        let known = match &self.exception {
            None => json!({ "kind": "pattern" }),
            Some(Exception::Cancelled(Cancellation { title, notes })) => {
                json!({ "kind": "cancelled", "title": title, "notes": notes })
            }
            Some(Exception::Override(Override { time, moved_to, title, notes, location })) => json!({
                "kind": "override", "start": time.map(TimeRange::start), "end": time.map(TimeRange::end),
                "moved_to": moved_to, "title": title, "notes": notes, "location": location,
            }),
        };
        with_extra(known, &self.extra)
    }
}

fn range(start: Minute, end: Minute) -> Result<TimeRange, FieldError> {
    TimeRange::new(start, end).map_err(|error| FieldError::new("end", error))
}

fn with_extra(known: Json, extra: &Extra) -> Json {
    match known {
        Json::Object(mut fields) if !extra.is_empty() => {
            fields.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
            Json::Object(fields)
        }
        known => known,
    }
}

/// An object that is read field by field; what is left over is of a later version.
struct Fields(Map<String, Json>);

impl Fields {
    fn of(json: &Json) -> Result<Self, FieldError> {
        match json {
            Json::Object(fields) => Ok(Self(fields.clone())),
            _ => Err(FieldError::new("", "not an object")),
        }
    }

    fn take<T: DeserializeOwned>(&mut self, field: &str) -> Result<T, FieldError> {
        let value = self.0.remove(field).ok_or_else(|| FieldError::new(field, "missing"))?;
        serde_json::from_value(value).map_err(|error| FieldError::new(field, error))
    }

    fn take_or_null<T: DeserializeOwned>(&mut self, field: &str) -> Result<Option<T>, FieldError> {
        if self.0.contains_key(field) { self.take(field) } else { Ok(None) }
    }

    fn rest(self) -> Extra {
        self.0.into_iter().collect()
    }
}

/// The fields of `written` over those of `current`: what is left out stays as it is.
pub(crate) fn overlay(written: &Json, current: Json) -> Json {
    match (current, written) {
        (Json::Object(mut fields), Json::Object(new)) => {
            fields.extend(new.iter().map(|(name, value)| (name.clone(), value.clone())));
            Json::Object(fields)
        }
        _ => written.clone(),
    }
}
