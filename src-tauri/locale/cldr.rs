//! Which day begins a week and how times are written, by region.
//!
//! From the Unicode CLDR, release 48 (npm package `cldr-core` 48.2.0): `supplemental/weekData.json`,
//! `firstDay`, and `supplemental/timeData.json`, `_preferred`. Regions that are not named here do as
//! the world (001) does: Monday, 24 hours.

use weekwise_domain::{Clock, Weekday};

/// `firstDay`, by the number of the weekday.
const FIRST_WEEKDAY: [(u8, &str); 3] = [
    (
        0,
        "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA \
         PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW",
    ),
    (5, "MV"),
    (6, "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"),
];

/// `_preferred` = `h`.
const TWELVE_HOURS: &str = "AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ \
    FM GD GH GM GR GT GU GY HK HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ OM PA \
    PE PG PH PK PR PS PW PY QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US UY VC VE VG VI VU WS YE ZM";

/// Languages that do not write times as their region does, where the region is one of [`TWELVE_HOURS`].
const TWENTY_FOUR_HOURS_ALL_THE_SAME: [(&str, &str); 2] = [("fr", "CA"), ("ku", "SY")];

/// The day on which weeks begin in a region, such as `DE`.
pub(super) fn first_weekday(region: &str) -> Weekday {
    let found = FIRST_WEEKDAY.into_iter().find(|(_, regions)| holds(regions, region));
    found.and_then(|(number, _)| Weekday::try_from(number).ok()).unwrap_or(Weekday::MONDAY)
}

/// How a language is written, such as `de`, in a region such as `DE`.
pub(super) fn clock(language: &str, region: &str) -> Clock {
    let is_exempt = TWENTY_FOUR_HOURS_ALL_THE_SAME.contains(&(language, region));
    if holds(TWELVE_HOURS, region) && !is_exempt { Clock::H12 } else { Clock::H24 }
}

fn holds(regions: &str, region: &str) -> bool {
    regions.split_ascii_whitespace().any(|known| known == region)
}
