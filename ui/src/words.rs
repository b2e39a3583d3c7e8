//! Dates and times in words, and read back from what a person types.

use weekwise_domain::{Clock, Date, DateRange, Minute, TimeRange, Weekday};

use crate::texts::Texts;

/// How this person reads dates and times. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// All messages.
    pub texts: Texts,
    /// 12 or 24 hours.
    pub clock: Clock,
}

impl Words {
    /// "Thursday".
    pub fn weekday(&self, day: Weekday) -> String {
        self.texts.get(&format!("weekday-{}", day.number()))
    }

    /// "Thursdays".
    pub fn weekdays(&self, day: Weekday) -> String {
        self.texts.get(&format!("weekdays-{}", day.number()))
    }

    /// "Thu".
    pub fn weekday_short(&self, day: Weekday) -> String {
        self.texts.get(&format!("weekday-short-{}", day.number()))
    }

    /// "T".
    pub fn weekday_letter(&self, day: Weekday) -> String {
        self.texts.get(&format!("weekday-letter-{}", day.number()))
    }

    fn month(&self, month: u32) -> String {
        self.texts.get(&format!("month-{month}"))
    }

    /// "Nov".
    pub fn month_short(&self, month: u32) -> String {
        self.texts.get(&format!("month-short-{month}"))
    }

    fn date(&self, id: &str, date: Date, weekday: String, month: String) -> String {
        let (year, _, day) = date.ymd();
        let values = [
            ("weekday", weekday.into()),
            ("day", day.to_string().into()),
            ("month", month.into()),
            ("year", year.to_string().into()),
        ];
        self.texts.with(id, values)
    }

    /// "Thursday, 26 November 2026".
    pub fn date_long(&self, date: Date) -> String {
        self.date("date-long", date, self.weekday(date.weekday()), self.month(date.ymd().1))
    }

    /// "Thu 26 Nov 2026".
    pub fn date_medium(&self, date: Date) -> String {
        self.date("date-medium", date, self.weekday_short(date.weekday()), self.month_short(date.ymd().1))
    }

    /// "Thu 26 Nov".
    pub fn date_short(&self, date: Date) -> String {
        self.date("date-short", date, self.weekday_short(date.weekday()), self.month_short(date.ymd().1))
    }

    /// "26 Nov 2026".
    pub fn date_plain(&self, date: Date) -> String {
        self.date("date-plain", date, String::new(), self.month_short(date.ymd().1))
    }

    /// "November 2026".
    pub fn month_of(&self, date: Date) -> String {
        self.date("date-month", date, String::new(), self.month(date.ymd().1))
    }

    /// "23 – 29 November 2026", with both months or years where they differ.
    pub fn week(&self, window: DateRange) -> String {
        let ((year1, month1, day1), (year2, month2, day2)) = (window.from().ymd(), window.to().ymd());
        let id = match (year1 == year2, month1 == month2) {
            (true, true) => "week-same-month",
            (true, false) => "week-same-year",
            (false, _) => "week-two-years",
        };
        let one_month = id == "week-same-month";
        let name = |month| if one_month { self.month(month) } else { self.month_short(month) };
        let values = [
            ("day1", day1.to_string().into()),
            ("month1", name(month1).into()),
            ("year1", year1.to_string().into()),
            ("day2", day2.to_string().into()),
            ("month2", name(month2).into()),
            ("year2", year2.to_string().into()),
        ];
        self.texts.with(id, values)
    }

    /// "09:00" or "9:00 AM".
    pub fn time(&self, minute: Minute) -> String {
        if self.clock == Clock::H24 {
            return minute.to_string();
        }
        let (hour, rest) = minute.hour_and_minute();
        let shown = format!("{}:{rest:02}", if hour % 12 == 0 { 12 } else { hour % 12 });
        let id = if hour % 24 < 12 { "time-am" } else { "time-pm" };
        self.texts.with(id, [("time", shown.into())])
    }

    /// "09:00–10:30".
    pub fn times(&self, range: TimeRange) -> String {
        format!("{}–{}", self.time(range.start()), self.time(range.end()))
    }

    /// Reads a date as people type it: `2026-11-26`, `26 Nov 2026`, `Thu 26 November`, `Nov 26`, `26.11.2026`,
    /// `26.11.`. Without a year it is the one nearest to `near`.
    pub fn read_date(&self, typed: &str, near: Date) -> Option<Date> {
        let typed = typed.trim();
        if let Ok(date) = typed.parse() {
            return Some(date);
        }
        let tokens: Vec<String> = typed
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '/'))
            .filter(|token| !token.is_empty() && !self.is_weekday_name(token))
            .map(str::to_lowercase)
            .collect();
        let (day, month, year) = match tokens.as_slice() {
            [day, month] => (day, month, None),
            [day, month, year] => (day, month, Some(year.parse::<i32>().ok().filter(|_| year.len() == 4)?)),
            _ => return None,
        };
        let (day, month) = match (day.parse::<u32>(), self.read_month(month)) {
            (Ok(day), Some(month)) => (day, month),
            _ => (month.parse().ok()?, self.read_month(day)?),
        };
        match year {
            Some(year) => Date::from_ymd(year, month, day),
            None => {
                let this_year = near.ymd().0;
                let candidates = (this_year - 1..=this_year + 1).filter_map(|year| Date::from_ymd(year, month, day));
                candidates.min_by_key(|date| (date.day_number() - near.day_number()).abs())
            }
        }
    }

    fn is_weekday_name(&self, token: &str) -> bool {
        let same = |name: String| name.to_lowercase() == token.to_lowercase();
        Weekday::all_from(Weekday::SUNDAY)
            .into_iter()
            .any(|day| same(self.weekday(day)) || same(self.weekday_short(day)))
    }

    fn read_month(&self, token: &str) -> Option<u32> {
        if let Ok(number) = token.parse() {
            return (1..=12).contains(&number).then_some(number);
        }
        (1..=12)
            .find(|&month| self.month(month).to_lowercase() == token || self.month_short(month).to_lowercase() == token)
    }
}

/// Reads a time as people type it: `9`, `930`, `9:30`, `9.30`, `14h30`, `9am`, `9:30 pm`, `24:00`.
pub fn read_time(typed: &str) -> Option<Minute> {
    let lower = typed.trim().to_lowercase().replace([' ', '\u{a0}', '\u{202f}'], "");
    let (digits, half) = match lower.strip_suffix("am").or(lower.strip_suffix("a")) {
        Some(rest) => (rest, Some(0)),
        None => match lower.strip_suffix("pm").or(lower.strip_suffix("p")) {
            Some(rest) => (rest, Some(12)),
            None => (lower.as_str(), None),
        },
    };
    let (hour, minute) = match digits.split_once([':', '.', 'h']) {
        Some((hour, "")) => (hour, "0"),
        Some((_, minute)) if minute.len() != 2 => return None,
        Some(parts) => parts,
        None if digits.len() <= 2 => (digits, "0"),
        None if digits.len() <= 4 && digits.is_ascii() => digits.split_at(digits.len() - 2),
        None => return None,
    };
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok())?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    if minute < 60 && hour <= 24 { Minute::new(hour * 60 + minute) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(clock: Clock) -> Words {
        Words { texts: Texts::english(), clock }
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        let words = words(Clock::H24);
        let near = date("2026-11-23");
        for typed in [
            "2026-11-26",
            "26 Nov 2026",
            "Thu 26 Nov 2026",
            "Thursday, 26 November 2026",
            "26.11.2026",
            "26.11.",
            "26 nov",
            "Nov 26",
            "26/11/2026",
        ] {
            assert_eq!(words.read_date(typed, near), Some(date("2026-11-26")), "{typed}");
        }
        assert_eq!(words.read_date("3 Jan", near), Some(date("2027-01-03")));
        for typed in ["", "26", "31 Feb 2026", "26 Foo", "26 Nov 26", "1 1 1899"] {
            assert_eq!(words.read_date(typed, near), None, "{typed}");
        }
    }

    #[test]
    fn a_written_date_is_read_back() {
        let words = words(Clock::H12);
        for day in (0..80_000).step_by(977).filter_map(|days| date("1980-01-01").plus_days(days)) {
            assert_eq!(words.read_date(&words.date_medium(day), Date::MIN), Some(day));
            assert_eq!(words.read_date(&words.date_long(day), Date::MIN), Some(day));
        }
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        for (typed, meant) in [
            ("9", "09:00"),
            ("930", "09:30"),
            ("9:30", "09:30"),
            ("09.30", "09:30"),
            ("9h", "09:00"),
            ("14h30", "14:30"),
            ("9am", "09:00"),
            ("12 am", "00:00"),
            ("12pm", "12:00"),
            ("9:30 PM", "21:30"),
            ("24:00", "24:00"),
            ("2400", "24:00"),
        ] {
            assert_eq!(read_time(typed), meant.parse().ok(), "{typed}");
        }
        for typed in ["", "x", "25", "9:5", "24:01", "13pm", "0am", "12345", "9:60", "-1"] {
            assert_eq!(read_time(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_written_time_is_read_back() {
        for clock in [Clock::H12, Clock::H24] {
            for minute in (0..1440).filter_map(Minute::new) {
                assert_eq!(read_time(&words(clock).time(minute)), Some(minute));
            }
        }
    }

    #[test]
    fn weeks_name_what_differs() {
        let week = |start: &str| words(Clock::H24).week(DateRange::week_from(date(start)));
        assert_eq!(week("2026-11-23"), "23 – 29 November 2026");
        assert_eq!(week("2026-11-30"), "30 Nov – 6 Dec 2026");
        assert_eq!(week("2026-12-28"), "28 Dec 2026 – 3 Jan 2027");
    }
}
