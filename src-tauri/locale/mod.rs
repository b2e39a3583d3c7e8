//! What the system says about weeks, times and the zone, for a person who has set nothing.

mod cldr;

use weekwise_app::Locale;
use weekwise_domain::{Clock, TimeZone, Weekday};

/// The system's locale; where it says nothing, weeks from Monday, 24 hours and UTC.
pub(crate) fn of_system() -> Locale {
    let (first_weekday, clock) = customs(&name().unwrap_or_default());
    Locale { first_weekday, clock, time_zone: zone() }
}

/// The name of the locale in which dates and times are written.
#[cfg(any(windows, target_os = "macos"))]
fn name() -> Option<String> {
    sys_locale::get_locale()
}

/// The name of the locale in which dates and times are written.
#[cfg(not(any(windows, target_os = "macos")))]
fn name() -> Option<String> {
    first_set(|variable| std::env::var(variable).ok())
}

/// The variable in force for dates and times: POSIX.1-2024, Base Definitions, section 8.2.
#[cfg(any(test, not(any(windows, target_os = "macos"))))]
fn first_set(value_of: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["LC_ALL", "LC_TIME", "LANG"].into_iter().filter_map(value_of).find(|value| !value.is_empty())
}

/// The name of the system's zone: that of `TZ` if it names one, as it does for all of the system's own programs.
fn zone() -> String {
    let of_process = std::env::var("TZ").ok().and_then(|value| named_zone(&value));
    of_process.or_else(|| iana_time_zone::get_timezone().ok()).unwrap_or_else(|| "UTC".to_owned())
}

/// The zone that a value of `TZ` names, if it is a name and not a rule such as `CET-1CEST`.
fn named_zone(value: &str) -> Option<String> {
    let name = value.strip_prefix(':').unwrap_or(value);
    let zone = TimeZone::try_from(name.to_owned()).ok()?;
    (name == "UTC" || name.contains('/')).then(|| zone.into())
}

/// The first weekday and the clock of a locale such as `de_DE.UTF-8`, `sr_Latn_RS` or `en-US`.
fn customs(locale: &str) -> (Weekday, Clock) {
    let end = locale.find(['.', '@']).unwrap_or(locale.len());
    // What follows a part of one letter is an extension.
    let mut parts = locale[..end].split(['_', '-']).take_while(|part| part.len() > 1);
    let language = parts.next().unwrap_or_default();
    let region = parts.find(|part| part.len() == 2).unwrap_or_default().to_ascii_uppercase();
    (cldr::first_weekday(&region), cldr::clock(language, &region))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRIDAY: u8 = 5;

    #[test]
    fn customs_follow_the_region() {
        let cases = [
            ("de_DE.UTF-8", 1, Clock::H24),
            ("de_DE@euro", 1, Clock::H24),
            ("en_US.UTF-8", 0, Clock::H12),
            ("en-US", 0, Clock::H12),
            ("en-DE", 1, Clock::H24),
            ("en_GB", 1, Clock::H24),
            ("en_CA", 0, Clock::H12),
            ("fr_CA", 0, Clock::H24),
            ("pt_BR.UTF-8", 0, Clock::H24),
            ("ar_EG", 6, Clock::H12),
            ("dv_MV", FRIDAY, Clock::H24),
            ("sr_Latn_RS", 1, Clock::H24),
            ("zh-Hans-CN", 1, Clock::H24),
            ("de-DE-u-hc-h12", 1, Clock::H24),
        ];
        for (name, first, clock) in cases {
            let (found, found_clock) = customs(name);
            assert_eq!((found.number(), found_clock), (first, clock), "{name}");
        }
    }

    #[test]
    fn a_locale_without_a_region_has_the_customs_of_the_world() {
        for name in ["", "C", "POSIX", "C.UTF-8", "de", "garbage in", "_", "-"] {
            assert_eq!(customs(name), (Weekday::MONDAY, Clock::H24), "{name:?}");
        }
    }

    #[test]
    fn the_variables_outrank_each_other_in_the_order_of_posix() {
        let chosen = |set: &[(&str, &str)]| {
            first_set(|name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(chosen(&[("LANG", "a"), ("LC_TIME", "b"), ("LC_ALL", "c")]).as_deref(), Some("c"));
        assert_eq!(chosen(&[("LANG", "a"), ("LC_TIME", "b"), ("LC_ALL", "")]).as_deref(), Some("b"));
        assert_eq!(chosen(&[("LANG", "a")]).as_deref(), Some("a"));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn only_a_name_is_taken_from_tz() {
        assert_eq!(named_zone("Europe/Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(named_zone(":America/New_York").as_deref(), Some("America/New_York"));
        assert_eq!(named_zone("UTC").as_deref(), Some("UTC"));
        for rule in ["", "CET-1CEST", "CET-1CEST,M3.5.0,M10.5.0/3", ":/etc/localtime", "<+03>-3"] {
            assert_eq!(named_zone(rule), None, "{rule}");
        }
    }
}
