//! Which date it is for a person.

use chrono::{DateTime, Utc};
use weekwise_domain::{Date, TimeZone};

/// The date at `now` in the zone of an account; in UTC when it has none, or one that is not known here.
pub(crate) fn today(now: DateTime<Utc>, zone: Option<&TimeZone>) -> Date {
    let zone = zone.and_then(|zone| zone.name().parse().ok()).unwrap_or(chrono_tz::UTC);
    let date = now.with_timezone(&zone).date_naive();
    Date::try_from(date).unwrap_or(if date < Date::MIN.into() { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_begins_at_midnight_of_the_accounts_zone() {
        let now = "2026-11-22T23:30:00Z".parse().unwrap();
        let zone = |name: &str| TimeZone::try_from(name.to_owned()).unwrap();
        let date = |zone: Option<&TimeZone>| today(now, zone).to_string();
        assert_eq!(date(None), "2026-11-22");
        assert_eq!(date(Some(&zone("Asia/Kolkata"))), "2026-11-23");
        assert_eq!(date(Some(&zone("America/New_York"))), "2026-11-22");
        assert_eq!(date(Some(&zone("Mars/Olympus"))), "2026-11-22");
    }
}
