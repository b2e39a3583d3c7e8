//! The weeks that stand one under another: a stretch of weeks without a gap, which grows at the end towards which one
//! scrolls and is cut at the other, so that it never holds more than [`MOST`].

use std::rc::Rc;

use weekwise_domain::{Date, DateRange};
use weekwise_protocol::{Week, WeekView, WeeksRequest};

/// The most weeks that stand in the page, however far one scrolls.
pub const MOST: usize = 15;
/// With fewer weeks than this beyond those in view, more are asked for.
const NEAR: usize = 3;

/// The weeks that stand one under another. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stack {
    weeks: Rc<Vec<Rc<Week>>>,
}

impl Stack {
    /// How many weeks before the one gone to are asked for with it.
    pub const BEFORE: u8 = 5;
    /// How many weeks after the one gone to are asked for with it: with it and those before it, they are [`MOST`].
    pub const AFTER: u8 = 9;

    /// The weeks that a view shows.
    pub fn of(view: &WeekView) -> Self {
        let in_view = Week { window: view.window, blocks: view.blocks.clone() };
        let after = view.after.iter().cloned();
        let weeks = view.before.iter().cloned().chain([in_view]).chain(after).map(Rc::new);
        Self { weeks: Rc::new(weeks.collect()) }
    }

    /// The weeks, in order.
    pub fn weeks(&self) -> &[Rc<Week>] {
        &self.weeks
    }

    /// The week that holds a date.
    pub fn week_of(&self, date: Date) -> Option<&Rc<Week>> {
        self.weeks.get(self.place(date)?)
    }

    /// How many weeks stand before and after the one that holds a date; the usual ones around one that is not here.
    pub fn reach(&self, date: Date) -> (u8, u8) {
        let count = |weeks: usize| u8::try_from(weeks).unwrap_or(Self::AFTER);
        match self.place(date) {
            Some(place) => (count(place), count(self.weeks.len() - 1 - place)),
            None => (Self::BEFORE, Self::AFTER),
        }
    }

    /// Whether the week that holds a date is here with enough weeks after it to fill the view below it: as many as
    /// are in view now, or all that there are.
    pub fn can_show(&self, date: Date, seen: Option<DateRange>) -> bool {
        let shown = seen.and_then(|seen| Some(self.place(seen.to())? + 1 - self.place(seen.from())?)).unwrap_or(MOST);
        let ends = self.weeks.last().is_some_and(|week| week.window.to() == Date::MAX);
        self.place(date).is_some_and(|place| ends || self.weeks.len() - place > shown)
    }

    /// The weeks to add now that the dates `seen` are in view; none where enough lie beyond them.
    pub fn wanted(&self, seen: DateRange) -> Option<WeeksRequest> {
        let (top, bottom) = (self.place(seen.from())?, self.place(seen.to())?);
        let (first, last) = (self.weeks.first()?.window, self.weeks.last()?.window);
        let spare = MOST.saturating_sub(bottom + 1 - top);
        let (above, below) = (top, self.weeks.len() - 1 - bottom);
        let (room_above, room_below) = (spare / 2, spare - spare / 2);
        if above < room_above.min(NEAR) && first.from() > Date::MIN {
            let weeks = u8::try_from(room_above - above).ok()?;
            return Some(WeeksRequest { date: first.from().saturating_plus_days(-7 * i32::from(weeks)), weeks });
        }
        if below < room_below.min(NEAR) && last.to() < Date::MAX {
            let weeks = u8::try_from(room_below - below).ok()?;
            return Some(WeeksRequest { date: last.to().plus_days(1)?, weeks });
        }
        None
    }

    /// Adds weeks that follow those here or come before them, and drops as many as are too many at the other end, far
    /// from the dates `seen`. Weeks that do not join are left out: by then one has gone elsewhere.
    pub fn add(&mut self, new: Vec<Week>, seen: Option<DateRange>) {
        let (Some(first), Some(last)) = (self.weeks.first(), self.weeks.last()) else { return };
        let (from, to) = (first.window.from(), last.window.to());
        let (Some(new_first), Some(new_last)) = (new.first(), new.last()) else { return };
        let joins_above = new_first.window.from() < from && new_last.window.to().saturating_plus_days(1) >= from;
        let joins_below = new_last.window.to() > to && new_first.window.from() <= to.saturating_plus_days(1);
        let kept = self.weeks.iter().cloned();
        let new = new.into_iter().map(Rc::new);
        let mut weeks: Vec<Rc<Week>> = if joins_above {
            new.filter(|week| week.window.to() < from).chain(kept).collect()
        } else if joins_below {
            kept.chain(new.filter(|week| week.window.from() > to)).collect()
        } else {
            return;
        };
        let seen = seen.unwrap_or(first.window);
        while weeks.len() > MOST {
            let above = weeks.iter().filter(|week| week.window.to() < seen.from()).count();
            let below = weeks.iter().filter(|week| week.window.from() > seen.to()).count();
            drop(if above > below { weeks.remove(0) } else { weeks.remove(weeks.len() - 1) });
        }
        self.weeks = Rc::new(weeks);
    }

    fn place(&self, date: Date) -> Option<usize> {
        self.weeks.iter().position(|week| week.window.contains(date))
    }
}

#[cfg(test)]
mod tests {
    use weekwise_domain::Weekday;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// As the shell answers.
    fn answer(WeeksRequest { date, weeks }: WeeksRequest, first_weekday: Weekday) -> Vec<Week> {
        let holding = |date| DateRange::week_of(date, first_weekday);
        let windows =
            std::iter::successors(Some(holding(date)), |week: &DateRange| week.to().plus_days(1).map(holding));
        windows.take(weeks.into()).map(|window| Week { window, blocks: Vec::new() }).collect()
    }

    fn stack(from: &str, weeks: u8, first_weekday: Weekday) -> Stack {
        let weeks = answer(WeeksRequest { date: date(from), weeks }, first_weekday);
        Stack { weeks: Rc::new(weeks.into_iter().map(Rc::new).collect()) }
    }

    /// Scrolls by single weeks, asks for more as the view does, and gives the week at the top in the end.
    fn scroll(stack: &mut Stack, mut top: Date, in_view: usize, weeks: i32, first_weekday: Weekday) -> Date {
        for _ in 0..weeks.abs() {
            let place = stack.place(top).expect("what is in view is here");
            let next = if weeks > 0 { Some(place + 1) } else { place.checked_sub(1) };
            let Some(week) = next.and_then(|next| stack.weeks.get(next)) else { break };
            top = week.window.from();
            loop {
                let bottom = stack.place(top).expect("what is in view is kept") + in_view - 1;
                let bottom = stack.weeks.get(bottom).or(stack.weeks.last()).unwrap().window.to();
                let seen = DateRange::new(top, bottom).unwrap();
                let Some(request) = stack.wanted(seen) else { break };
                stack.add(answer(request, first_weekday), Some(seen));
                assert!(stack.weeks.len() <= MOST, "{}", stack.weeks.len());
                let joins = |pair: &[Rc<Week>]| pair[0].window.to().plus_days(1) == Some(pair[1].window.from());
                assert!(stack.weeks.windows(2).all(joins));
            }
        }
        top
    }

    #[test]
    fn both_ways_over_all_kept_years_with_few_weeks_at_a_time() {
        for first_weekday in [Weekday::MONDAY, Weekday::SUNDAY] {
            for in_view in [1, 4, 13] {
                let mut weeks = stack("2026-11-02", 15, first_weekday);
                let top = scroll(&mut weeks, date("2026-11-24"), in_view, -7_000, first_weekday);
                assert_eq!(top, Date::MIN);
                let top = scroll(&mut weeks, top, in_view, 16_000, first_weekday);
                assert_eq!(weeks.week_of(top).map(|week| week.window.to()), Some(Date::MAX));
            }
        }
    }

    #[test]
    fn in_the_middle_nothing_is_wanted() {
        let weeks = stack("2026-11-02", 15, Weekday::MONDAY);
        let seen = |from: &str, to: &str| DateRange::new(date(from), date(to)).unwrap();
        assert_eq!(weeks.wanted(seen("2026-11-30", "2026-12-27")), None);
        let above = weeks.wanted(seen("2026-11-09", "2026-11-29"));
        assert_eq!(above, Some(WeeksRequest { date: date("2026-09-28"), weeks: 5 }));
        let below = weeks.wanted(seen("2027-01-18", "2027-02-07"));
        assert_eq!(below, Some(WeeksRequest { date: date("2027-02-15"), weeks: 5 }));
        assert_eq!(weeks.wanted(seen("2031-01-01", "2031-01-02")), None, "by then one has gone elsewhere");
    }

    #[test]
    fn weeks_that_do_not_join_are_left_out() {
        let mut weeks = stack("2026-11-02", 3, Weekday::MONDAY);
        let before = weeks.clone();
        weeks.add(answer(WeeksRequest { date: date("2027-01-04"), weeks: 3 }, Weekday::MONDAY), None);
        weeks.add(answer(WeeksRequest { date: date("2026-10-12"), weeks: 2 }, Weekday::MONDAY), None);
        weeks.add(Vec::new(), None);
        assert_eq!(weeks, before);
        weeks.add(answer(WeeksRequest { date: date("2026-11-23"), weeks: 1 }, Weekday::MONDAY), None);
        assert_eq!(weeks.weeks.len(), 4);
    }

    #[test]
    fn a_week_can_be_shown_when_there_is_enough_below_it() {
        let weeks = stack("2026-11-02", 15, Weekday::MONDAY);
        let seen = DateRange::new(date("2026-11-23"), date("2026-12-20"));
        assert!(weeks.can_show(date("2026-11-02"), seen) && weeks.can_show(date("2027-01-10"), seen));
        assert!(!weeks.can_show(date("2027-01-18"), seen) && !weeks.can_show(date("2026-10-31"), seen));
        assert_eq!(weeks.reach(date("2026-11-24")), (3, 11));
        let last = stack("2200-12-01", 15, Weekday::MONDAY);
        assert!(last.can_show(date("2200-12-31"), seen));
    }
}
