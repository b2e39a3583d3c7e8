//! Which week is in view, and where in it the keyboard stands.

use std::rc::Rc;

use weekwise_domain::{Date, DateRange, Minute, View};
use weekwise_protocol::{SlotRequest, WeekView};

use super::{Stack, State};

/// Rows of the grid: half hours.
pub const ROW_MINUTES: u16 = 30;
/// How many rows a day has.
pub const ROWS: u16 = 1440 / ROW_MINUTES;

/// A cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its date.
    pub date: Date,
    /// Its row: 0 is midnight, each half an hour.
    pub row: u16,
}

impl Cursor {
    /// The minute at which the cell begins.
    pub fn minute(self) -> Minute {
        Minute::MIDNIGHT.saturating_plus(self.row * ROW_MINUTES)
    }
}

/// What in a day card holds the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Its first slot, else the button that adds one.
    #[default]
    First,
    /// Its last slot, else the button that adds one.
    Last,
    /// A slot.
    Slot(SlotRequest),
    /// The button that adds one.
    Add,
}

/// A date that is to be brought to the top of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// The date.
    pub date: Date,
    /// Distinguishes it from an equal one before it.
    pub serial: u32,
}

/// Where the weeks were scrolled to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scrolled {
    /// A date of the week at the top.
    pub top: Date,
    /// The dates of all weeks in view.
    pub seen: DateRange,
    /// Whether the place of the keyboard goes along, which it does unless the keyboard is there.
    pub takes_cursor: bool,
}

impl State {
    /// Shows what was read.
    pub(super) fn take_in(&mut self, mut view: WeekView, shown: Option<Date>) {
        self.now = Some(view.now);
        self.trouble = None;
        self.stack = if view.view == View::Weeks { Stack::of(&view) } else { Stack::default() };
        (view.before, view.after) = Default::default();
        let is_near = |date| shown.is_none() && self.stack.week_of(date).is_some();
        if !self.cursor.is_some_and(|cursor| view.window.contains(cursor.date) || is_near(cursor.date)) {
            self.cursor = Some(first_cursor(&view, self.cursor));
            self.mark = Mark::First;
        }
        self.seen = self.seen.filter(|seen| self.stack.week_of(seen.from()).is_some() && shown.is_none());
        self.week = Some(Rc::new(view));
        if let Some(date) = shown {
            self.set_aim(date);
        }
    }

    /// Brings a date into view whose week stands among the others.
    pub(super) fn aim_at(&mut self, date: Date) {
        self.set_aim(date);
        self.bring_to_top(date);
        self.follow(date);
    }

    /// Takes note of where the weeks were scrolled to.
    pub(super) fn scroll_to(&mut self, Scrolled { top, seen, takes_cursor }: Scrolled) {
        self.seen = Some(seen);
        self.bring_to_top(top);
        let is_seen = self.cursor.is_some_and(|cursor| seen.contains(cursor.date));
        if takes_cursor || !is_seen {
            self.follow(top);
        }
    }

    fn set_aim(&mut self, date: Date) {
        let serial = self.aim.map_or(0, |aim| aim.serial) + 1;
        self.aim = Some(Aim { date, serial });
    }

    /// Makes the week of a date, which stands among the others, the one in view.
    fn bring_to_top(&mut self, date: Date) {
        let Some((view, week)) = self.week.as_ref().zip(self.stack.week_of(date)) else { return };
        if view.window != week.window {
            let (window, blocks) = (week.window, week.blocks.clone());
            self.week = Some(Rc::new(WeekView { window, blocks, ..(**view).clone() }));
        }
    }

    /// Takes the place of the keyboard along to the week of a date, to the same weekday as before.
    fn follow(&mut self, date: Date) {
        let week = DateRange::week_of(date, self.first_weekday());
        if let Some(cursor) = self.cursor.filter(|cursor| !week.contains(cursor.date)) {
            let same_day = week.dates().find(|date| date.weekday() == cursor.date.weekday());
            self.cursor = Some(Cursor { date: same_day.unwrap_or(week.from()), ..cursor });
            self.mark = Mark::First;
        }
    }
}

/// Where the keyboard stands in a week that it has not been in: on the same weekday and time as before, else
/// today, else the first day; at the first slot, else at nine.
fn first_cursor(view: &WeekView, before: Option<Cursor>) -> Cursor {
    if let Some(before) = before {
        let date = view.window.dates().find(|date| date.weekday() == before.date.weekday());
        return Cursor { date: date.unwrap_or(view.window.from()), row: before.row };
    }
    let date = if view.window.contains(view.now.date) { view.now.date } else { view.window.from() };
    let first = view.blocks.iter().find(|block| block.date == date).map(|block| block.time.start().number());
    Cursor { date, row: first.unwrap_or(9 * 60) / ROW_MINUTES }
}
