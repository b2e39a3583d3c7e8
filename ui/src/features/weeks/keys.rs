//! Where keys lead among the day cards: the arrows through slots and days, Page Up and Page Down by weeks.

use weekwise_domain::{Date, DateRange, Weekday};
use weekwise_protocol::SlotRequest;

use crate::features::week::shown_dates;
use crate::state::Mark;

/// How the cards stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// One below the other, not a week side by side.
    pub is_list: bool,
    /// Without Saturday and Sunday.
    pub hide_weekend: bool,
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
}

impl Layout {
    /// The dates of a week that have a card.
    fn week_of(self, date: Date) -> Vec<Date> {
        shown_dates(DateRange::week_of(date, self.first_weekday), self.hide_weekend)
    }

    /// The date itself where it has a card, else the first of its week that has one.
    pub fn card_of(self, date: Date) -> Date {
        let week = self.week_of(date);
        if week.contains(&date) { date } else { week.first().copied().unwrap_or(date) }
    }

    fn by_days(self, date: Date, step: i32) -> Option<Date> {
        let mut there = date.plus_days(step)?;
        while self.hide_weekend && there.weekday().is_weekend() {
            there = there.plus_days(step)?;
        }
        Some(there)
    }
}

/// Which of a date's slots has the keyboard; none of them when the button that adds one has.
pub fn place_of(mark: Mark, slots: &[SlotRequest]) -> Option<usize> {
    let last = slots.len().checked_sub(1)?;
    match mark {
        Mark::First => Some(0),
        Mark::Last => Some(last),
        Mark::Slot(key) => Some(slots.iter().position(|slot| *slot == key).unwrap_or(0)),
        Mark::Add => None,
    }
}

/// Where a key leads from a place in the card of a date that holds `slots`. The button that adds one is above them.
pub fn step(key: &str, date: Date, mark: Mark, slots: &[SlotRequest], layout: Layout) -> Option<(Date, Mark)> {
    let place = place_of(mark, slots);
    let at = |place: usize| slots.get(place).map(|slot| (date, Mark::Slot(*slot)));
    let weeks = |step: i32| date.plus_days(7 * step);
    let days = |step: i32| layout.by_days(date, step);
    let beyond = |step: i32| if layout.is_list { days(step) } else { weeks(step) };
    let first = |date: Date| (date, Mark::First);
    match key {
        "ArrowDown" => {
            let next = place.map_or(0, |place| place + 1);
            at(next).or_else(|| beyond(1).map(first))
        }
        "ArrowUp" => match place {
            Some(0) => Some((date, Mark::Add)),
            Some(place) => at(place - 1),
            None => beyond(-1).map(|date| (date, Mark::Last)),
        },
        "ArrowLeft" => days(-1).map(first),
        "ArrowRight" => days(1).map(first),
        "PageUp" => weeks(-1).map(first),
        "PageDown" => weeks(1).map(first),
        "Home" => layout.week_of(date).first().copied().map(first),
        "End" => layout.week_of(date).last().copied().map(first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use weekwise_domain::SeriesId;

    use super::*;

    const COLUMNS: Layout = Layout { is_list: false, hide_weekend: false, first_weekday: Weekday::MONDAY };
    const LIST: Layout = Layout { is_list: true, ..COLUMNS };

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn slots(count: u128) -> Vec<SlotRequest> {
        let slot = |number| SlotRequest { series_id: SeriesId(Uuid::from_u128(number)), date: date("2026-11-25") };
        (0..count).map(slot).collect()
    }

    #[test]
    fn down_and_up_go_through_a_card_and_on_to_the_next() {
        let day = date("2026-11-25");
        let two = slots(2);
        let [first, second] = [two[0], two[1]].map(Mark::Slot);
        for (layout, next, previous) in [(COLUMNS, "2026-12-02", "2026-11-18"), (LIST, "2026-11-26", "2026-11-24")] {
            let down = |mark| step("ArrowDown", day, mark, &two, layout);
            assert_eq!(down(Mark::Add), Some((day, first)));
            assert_eq!(down(Mark::First), Some((day, second)));
            assert_eq!(down(second), Some((date(next), Mark::First)));
            let up = |mark| step("ArrowUp", day, mark, &two, layout);
            assert_eq!(up(Mark::Last), Some((day, first)));
            assert_eq!(up(first), Some((day, Mark::Add)));
            assert_eq!(up(Mark::Add), Some((date(previous), Mark::Last)));
            assert_eq!(step("ArrowDown", day, Mark::First, &[], layout), Some((date(next), Mark::First)));
            assert_eq!(step("ArrowUp", day, Mark::Last, &[], layout), Some((date(previous), Mark::Last)));
        }
    }

    #[test]
    fn sideways_and_by_weeks() {
        let go = |key, from, layout| step(key, date(from), Mark::First, &[], layout).map(|(date, _)| date.to_string());
        let days = Layout { hide_weekend: true, ..COLUMNS };
        for (key, layout, to) in [
            ("ArrowRight", COLUMNS, "2026-11-28"),
            ("ArrowRight", days, "2026-11-30"),
            ("ArrowLeft", days, "2026-11-26"),
            ("Home", COLUMNS, "2026-11-23"),
            ("End", COLUMNS, "2026-11-29"),
            ("End", days, "2026-11-27"),
            ("Home", Layout { first_weekday: Weekday::SUNDAY, ..COLUMNS }, "2026-11-22"),
            ("PageUp", COLUMNS, "2026-11-20"),
            ("PageDown", LIST, "2026-12-04"),
        ] {
            assert_eq!(go(key, "2026-11-27", layout).as_deref(), Some(to), "{key}");
        }
        assert_eq!(days.card_of(date("2026-11-29")), date("2026-11-23"));
    }

    #[test]
    fn nothing_lies_beyond_the_kept_years() {
        for key in ["ArrowLeft", "ArrowUp", "PageUp"] {
            assert_eq!(step(key, Date::MIN, Mark::Add, &[], COLUMNS), None, "{key}");
        }
        for key in ["ArrowRight", "ArrowDown", "PageDown"] {
            assert_eq!(step(key, Date::MAX, Mark::Add, &[], COLUMNS), None, "{key}");
        }
    }
}
