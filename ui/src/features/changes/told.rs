//! What sync did, in words.

use weekwise_domain::{Clock, Exception, Setting, TimeRange, Title};
use weekwise_protocol::{Author, Both, Difference, Field, Now, Rejection, What};

use crate::words::Words;

/// One thing in which two versions differ.
pub struct Sides {
    /// What it is.
    pub name: String,
    /// As it holds.
    pub this: String,
    /// As it does not.
    pub other: String,
}

/// Where an edit was made.
pub fn author(author: &Author, words: &Words) -> String {
    let texts = &words.texts;
    match author {
        Author::ThisDevice => texts.get("changes-by-this"),
        Author::Web => texts.get("changes-by-web"),
        Author::Device { name: Some(name), .. } => name.clone(),
        Author::Device { name: None, .. } => texts.get("changes-by-device"),
    }
}

/// A moment.
pub fn when(at: Now, words: &Words) -> String {
    format!("{}, {}", words.date_short(at.date), words.time(at.minute))
}

/// A title, or that there is none.
pub fn title_or_untitled(title: &Title, words: &Words) -> String {
    if title.is_empty() { words.texts.get("block-untitled") } else { title.to_string() }
}

/// What became different, a line for each thing.
pub fn line(difference: &Difference, words: &Words) -> Vec<String> {
    let texts = &words.texts;
    match &difference.what {
        What::Added(row) => {
            let pattern = &row.pattern;
            let values =
                [("weekdays", words.weekdays(pattern.day_of_week).into()), ("time", words.times(pattern.time).into())];
            vec![texts.with("changes-added", values)]
        }
        What::Divided(row) => {
            vec![texts.with("changes-divided", [("date", words.date_medium(row.pattern.validity.from).into())])]
        }
        What::Removed(_) => vec![texts.get("changes-removed")],
        What::Trashed => vec![texts.get("changes-trashed")],
        What::Restored => vec![texts.get("changes-restored")],
        What::Fields(_) | What::Date { .. } | What::Setting(_) => {
            both_sides(difference, words).into_iter().map(|sides| went(sides, words)).collect()
        }
    }
}

fn went(Sides { name, this, other }: Sides, words: &Words) -> String {
    words.texts.with("changes-went", [("name", name.into()), ("before", this.into()), ("after", other.into())])
}

/// In what two versions differ; nothing where there is but one.
pub fn both_sides(difference: &Difference, words: &Words) -> Vec<Sides> {
    match &difference.what {
        What::Fields(fields) => fields.iter().map(|it| field(it, words)).collect(),
        What::Date { date, usual, exception: both } => vec![Sides {
            name: words.date_medium(*date),
            this: exception(both.before.as_ref(), *usual, words),
            other: exception(both.after.as_ref(), *usual, words),
        }],
        What::Setting(both) => vec![setting(both, words)],
        What::Added(_) | What::Divided(_) | What::Removed(_) | What::Trashed | What::Restored => Vec::new(),
    }
}

/// What is different on a date: how it takes place, or that it does not.
pub fn exception(exception: Option<&Exception>, usual: Option<TimeRange>, words: &Words) -> String {
    let texts = &words.texts;
    match exception {
        None => match usual {
            Some(time) => texts.with("changes-as-usual-at", [("time", words.times(time).into())]),
            None => texts.get("changes-as-usual"),
        },
        Some(Exception::Cancelled(reason)) => match &reason.title {
            Some(reason) => texts.with("ledger-cancelled-why", [("reason", reason.to_string().into())]),
            None => texts.get("ledger-cancelled"),
        },
        Some(Exception::Override(change)) => {
            let moved =
                change.moved_to.map(|date| texts.with("ledger-moved", [("date", words.date_short(date).into())]));
            let time = change.time.map(|time| words.times(time));
            let title = change.title.as_ref().map(|title| title_or_untitled(title, words));
            let place = change.location.as_ref().map(ToString::to_string);
            let parts: Vec<String> = [moved, time, title, place].into_iter().flatten().collect();
            if parts.is_empty() { texts.get("ledger-changed") } else { parts.join(", ") }
        }
    }
}

/// Why the server did not take an edit, and what that means.
pub fn reason(why: &Rejection, words: &Words) -> String {
    let texts = &words.texts;
    match why {
        Rejection::Unreadable { detail } => texts.with("rejected-unreadable", [("detail", detail.as_str().into())]),
        Rejection::IdTaken => texts.get("rejected-id-taken"),
        Rejection::NotThere => texts.get("rejected-not-there"),
        Rejection::NeedsAnother => texts.get("rejected-needs-another"),
        Rejection::AccountFull => texts.get("rejected-account-full"),
        Rejection::TooLarge => texts.get("rejected-too-large"),
        Rejection::ServerFails => texts.get("rejected-server-fails"),
    }
}

fn sides<T>(words: &Words, id: &str, both: &Both<T>, told: impl Fn(&T) -> String) -> Sides {
    Sides { name: words.texts.get(id), this: told(&both.before), other: told(&both.after) }
}

fn field(field: &Field, words: &Words) -> Sides {
    let texts = &words.texts;
    let text = |text: String| if text.is_empty() { texts.get("changes-nothing") } else { text };
    match field {
        Field::Title(both) => sides(words, "editor-title", both, |it| text(it.to_string())),
        Field::Notes(both) => sides(words, "editor-notes", both, |it| text(it.to_string())),
        Field::Location(both) => sides(words, "editor-place", both, |it| text(it.to_string())),
        Field::Color(both) => sides(words, "editor-color", both, |it| texts.get(&format!("color-{}", it.name()))),
        Field::Reminder(both) => sides(words, "changes-reminder", both, |it| match it {
            Some(minutes) => texts.with("changes-minutes", [("n", i64::from(*minutes).into())]),
            None => texts.get("changes-nothing"),
        }),
        Field::Weekday(both) => sides(words, "editor-weekday", both, |it| words.weekday(*it)),
        Field::Time(both) => sides(words, "week-hours", both, |it| words.times(*it)),
        Field::From(both) => sides(words, "editor-from", both, |it| words.date_medium(*it)),
        Field::Until(both) => sides(words, "editor-until", both, |it| match it {
            Some(date) => words.date_medium(*date),
            None => texts.get("editor-until-hint"),
        }),
        Field::Every(both) => sides(words, "editor-repeats", both, |it| {
            texts.with("repeat-every", [("n", i64::from(it.number()).into())])
        }),
        Field::Series(both) => sides(words, "changes-series", both, |_| texts.get("changes-series-part")),
    }
}

fn setting(both: &Both<Setting>, words: &Words) -> Sides {
    let name = match &both.before {
        Setting::SlotLimit(_) => "settings-slot-limit",
        Setting::TimeZone(_) => "settings-time-zone",
        Setting::FirstWeekday(_) => "settings-first-weekday",
        Setting::Clock(_) => "settings-clock",
        Setting::Theme(_) => "settings-theme",
        Setting::HideWeekend(_) => "settings-hide-weekend",
        Setting::View(_) => "header-views",
    };
    sides(words, name, both, |it| value(it, words))
}

/// Only four settings are synced; the others never come here from elsewhere.
fn value(setting: &Setting, words: &Words) -> String {
    let texts = &words.texts;
    let as_system = || texts.get("theme-system");
    match setting {
        Setting::SlotLimit(limit) => limit.number().to_string(),
        Setting::TimeZone(zone) => zone.as_ref().map_or_else(as_system, ToString::to_string),
        Setting::FirstWeekday(day) => day.map_or_else(as_system, |day| words.weekday(day)),
        Setting::Clock(Some(Clock::H12)) => texts.get("clock-h12"),
        Setting::Clock(Some(Clock::H24)) => texts.get("clock-h24"),
        Setting::Clock(None) => as_system(),
        Setting::Theme(_) | Setting::HideWeekend(_) | Setting::View(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;

    fn words() -> Words {
        Words { texts: Texts::english(), clock: Clock::H24 }
    }

    fn time(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn what_came_is_told_with_what_was() {
        let both = Both { before: time("09:00", "10:00"), after: time("11:00", "12:30") };
        let difference = Difference { slot: None, what: What::Fields(vec![Field::Time(both)]) };
        assert_eq!(line(&difference, &words()), ["Time: 09:00–10:00 → 11:00–12:30"]);
    }

    #[test]
    fn a_date_is_told_as_usual_or_not() {
        let date = "2026-11-26".parse().unwrap();
        let cancelled = Some(Exception::Cancelled(weekwise_domain::Cancellation::default()));
        let what = What::Date {
            date,
            usual: Some(time("09:00", "10:00")),
            exception: Both { before: None, after: cancelled },
        };
        let told = line(&Difference { slot: None, what }, &words());
        assert_eq!(told, ["Thu 26 Nov 2026: as usual, 09:00–10:00 → cancelled"]);
    }
}
