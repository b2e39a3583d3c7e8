//! What a register holds.

use serde_json::{Value as Json, json};
use weekwise_domain::{Change, SeriesId, Setting};

use super::{DetailsFields, ExceptionFields, FieldError, PatternFields, RegisterKey, RowKey, Slot, fields::overlay};

/// The settings that belong to the person. The others are the device's and stay on it.
pub const SYNCED_SETTINGS: [&str; 4] = ["slot_limit", "time_zone", "first_weekday", "clock"];

/// The content of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// When a schedule occurs.
    Pattern(Box<PatternFields>),
    /// What a schedule is.
    Details(Box<DetailsFields>),
    /// False while a schedule is in the trash.
    Active(bool),
    /// What is different on a date.
    Exception(Box<ExceptionFields>),
    /// A setting, as JSON.
    Setting(Json),
    /// A schedule was removed for good.
    Gone {
        /// The series that it was a segment of.
        series_id: SeriesId,
    },
    /// The change that would put a value that lost back into its register.
    Lost(Box<Change>),
    /// Whether a person has dealt with a conflict copy.
    Resolved(bool),
    /// Something of a later version: kept, and not understood.
    Other(Json),
}

impl Value {
    /// Reads the content of `register`.
    ///
    /// # Errors
    /// When it is not what the register holds, or the register is not known to this version.
    pub fn read(register: &RegisterKey, json: &Json) -> Result<Self, FieldError> {
        fn plain<T: serde::de::DeserializeOwned>(json: &Json) -> Result<T, FieldError> {
            serde_json::from_value(json.clone()).map_err(|error| FieldError::new("", error))
        }
        match (&register.row, &register.slot) {
            (RowKey::Schedule(_), Slot::Pattern) => Ok(Self::Pattern(Box::new(PatternFields::read(json)?))),
            (RowKey::Schedule(_), Slot::Details) => Ok(Self::Details(Box::new(DetailsFields::read(json)?))),
            (RowKey::Schedule(_), Slot::Active) => Ok(Self::Active(plain(json)?)),
            (RowKey::Exception(_), Slot::Exception) => Ok(Self::Exception(Box::new(ExceptionFields::read(json)?))),
            (RowKey::Setting(name), Slot::Setting) if SYNCED_SETTINGS.contains(&name.as_str()) => {
                plain::<Setting>(&json!({ "name": name, "value": json }))?;
                Ok(Self::Setting(json.clone()))
            }
            (RowKey::Tombstone(_), Slot::Gone) => {
                let series_id = json.get("series_id").ok_or_else(|| FieldError::new("series_id", "missing"))?;
                Ok(Self::Gone { series_id: plain(series_id)? })
            }
            (RowKey::ConflictCopy(_), Slot::Lost) => Ok(Self::Lost(Box::new(plain(json)?))),
            (RowKey::ConflictCopy(_), Slot::Resolved) => Ok(Self::Resolved(plain(json)?)),
            _ => Err(FieldError::new("", "this version does not know that register")),
        }
    }

    /// Reads what was written to `register`, which holds `current` now: fields that are left out stay as they are.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_over(register: &RegisterKey, json: &Json, current: Option<&Self>) -> Result<Self, FieldError> {
        let has_fields = matches!(register.slot, Slot::Pattern | Slot::Details | Slot::Exception);
        match current.filter(|_| has_fields).map(Self::write) {
            // An exception of another kind has other fields.
            Some(current) if current.get("kind") == json.get("kind") => Self::read(register, &overlay(json, current)),
            _ => Self::read(register, json),
        }
    }

    /// As JSON.
    pub fn write(&self) -> Json {
        match self {
            Self::Pattern(fields) => fields.write(),
            Self::Details(fields) => fields.write(),
            Self::Exception(fields) => fields.write(),
            Self::Active(flag) | Self::Resolved(flag) => Json::Bool(*flag),
            Self::Gone { series_id } => json!({ "series_id": series_id }),
            Self::Lost(change) => json!(change),
            Self::Setting(json) | Self::Other(json) => json.clone(),
        }
    }
}

/// The setting that a name and a value stand for; none if it is not one that is synced, or not of this version.
pub fn synced_setting(name: &str, value: &Json) -> Option<Setting> {
    let known = SYNCED_SETTINGS.contains(&name);
    known.then(|| serde_json::from_value(json!({ "name": name, "value": value })).ok()).flatten()
}
