//! Dates near today, since the program reads the real clock, and as the window writes them.

use weekwise_app::App;
use weekwise_domain::{Date, Weekday};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn today() -> Date {
    App::now().date
}

/// The Monday of this week.
pub(super) fn monday() -> Date {
    today().week_start(Weekday::MONDAY)
}

/// A date by its distance.
pub(super) fn plus(date: Date, days: i32) -> Date {
    date.plus_days(days).expect("the date is within the kept years")
}

/// "26 Nov".
fn day_and_month(date: Date) -> String {
    let (_, month, day) = date.ymd();
    format!("{day} {}", &MONTHS[month as usize - 1][..3])
}

pub(super) fn weekday(date: Date) -> &'static str {
    WEEKDAYS[usize::from(date.weekday().number())]
}

/// "Thu 26 Nov".
pub(super) fn short(date: Date) -> String {
    format!("{} {}", &weekday(date)[..3], day_and_month(date))
}

/// "Thu 26 Nov 2026".
pub(super) fn medium(date: Date) -> String {
    format!("{} {}", short(date), date.ymd().0)
}

/// "Thursday, 26 November 2026".
pub(super) fn long(date: Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{}, {day} {} {year}", weekday(date), MONTHS[month as usize - 1])
}
