//! The time zones that there are.

use chrono_tz::TZ_VARIANTS;
use weekwise_domain::{Edit, Setting, TimeZone};
use weekwise_protocol::{Failure, ListTimeZones};

use crate::App;

impl App {
    /// The names of the time zones that can be set, in the order of the alphabet.
    ///
    /// # Errors
    /// None; it is a call like the others.
    pub async fn time_zones(&self, _request: ListTimeZones) -> Result<Vec<String>, Failure> {
        Ok(TZ_VARIANTS.iter().map(|zone| zone.name().to_owned()).collect())
    }
}

/// The time zone that a setting names although there is none of that name.
pub(crate) fn unknown_zone(setting: &Setting) -> Option<&TimeZone> {
    let Setting::TimeZone(Some(zone)) = setting else { return None };
    let is_known = TZ_VARIANTS.iter().any(|known| known.name() == zone.name());
    (!is_known).then_some(zone)
}

/// Refuses to set a time zone that there is none of.
pub(crate) fn check(edit: &Edit) -> Result<(), Failure> {
    let settings = match edit {
        Edit::Set { setting } => std::slice::from_ref(setting),
        Edit::Import { settings, .. } => settings,
        _ => return Ok(()),
    };
    let unknown = settings.iter().find_map(unknown_zone);
    unknown.map_or(Ok(()), |zone| Err(Failure::System { detail: reason(zone) }))
}

/// Why a time zone is refused.
pub(crate) fn reason(zone: &TimeZone) -> String {
    format!("there is no time zone \"{zone}\": use a name of the IANA database, such as Europe/Berlin or UTC")
}
