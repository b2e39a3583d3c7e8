//! Going from week to week, and from one view to the other.

use wasm_bindgen_futures::spawn_local;
use weekwise_domain::{Date, DateRange, Edit, Setting, View};
use weekwise_protocol::{DoEdit, WeekRequest};

use super::Session;
use crate::ipc;
use crate::state::{Action, Cursor, Panel, Scrolled, Stack};

impl Session {
    /// Shows a date, keyboard and all; none is today.
    pub fn go_to(&self, date: Option<Date>) {
        let cursor = date.zip(self.state.cursor).map(|(date, cursor)| Cursor { date, ..cursor });
        if let Some(cursor) = cursor {
            self.dispatch(Action::CursorAt(cursor));
        }
        self.show(date);
    }

    /// Goes to today, keyboard and all.
    pub fn go_to_today(&self) {
        self.show(None);
        let (date, row) = (self.today(), self.state.cursor.map_or(18, |cursor| cursor.row));
        self.dispatch(Action::CursorAt(Cursor { date, row }));
    }

    /// Shows the week `weeks` later.
    pub fn go_by(&self, weeks: i32) {
        let shown = self.state.week.as_ref().map(|week| week.window.from());
        let Some(from) = self.live.wanted.get().or(shown) else { return };
        let week = |date| DateRange::week_of(date, self.first_weekday());
        let there = week(from.saturating_plus_days(7 * weeks));
        if there != week(from) {
            self.show(Some(there.from()));
        }
    }

    /// Shows the week that holds a date. Where it stands among the others, nothing need be read.
    fn show(&self, date: Option<Date>) {
        let present = self.present();
        let there = date.or(present.now.map(|now| now.date));
        // Not while another week or view is on its way.
        let stays = !self.live.is_leaving.get();
        match there.filter(|&date| stays && present.stack.can_show(date, present.seen)) {
            Some(date) => {
                self.live.wanted.set(Some(date));
                self.dispatch(Action::Aim(date));
            }
            None => self.ask(date, true),
        }
    }

    /// Reads again what is shown.
    pub fn reload(&self) {
        self.ask(self.live.wanted.get(), self.live.is_leaving.get());
        match self.present().panel {
            Panel::Slot(key) => self.read_slot(key),
            Panel::Trash => self.read_trash(),
            Panel::Changes => self.read_changes(),
            _ => {}
        }
    }

    /// Shows the date with the keyboard in a view, and remembers the view.
    pub fn look_at(&self, view: View) {
        let present = self.present();
        let Some(week) = &present.week else { return };
        if self.live.view.get().unwrap_or(week.view) == view {
            return;
        }
        self.live.view.set(Some(view));
        let date = present.cursor.map_or(week.window.from(), |cursor| cursor.date);
        self.ask(Some(date), true);
        let session = self.clone();
        spawn_local(async move {
            let edit = Edit::Set { setting: Setting::View(view) };
            if let Err(error) = ipc::call(&DoEdit { request: edit.into() }).await {
                session.say_error(&error);
            }
        });
    }

    /// Looks at the same date in the other view.
    pub fn look_otherwise(&self) {
        self.look_at(match self.live.view.get().unwrap_or(self.present().view()) {
            View::Week => View::Weeks,
            View::Weeks => View::Week,
        });
    }

    /// Asks for the week that holds a date, and for those around it where they are shown; `shows` says that the date
    /// is to be brought into view, else what is in view stays there.
    fn ask(&self, date: Option<Date>, shows: bool) {
        let number = self.live.asked.get() + 1;
        self.live.asked.set(number);
        self.live.wanted.set(date);
        self.live.is_leaving.set(shows);
        self.dispatch(Action::Asked(number));
        let session = self.clone();
        let present = self.present();
        let near = date.or(present.week.as_ref().map(|week| week.window.from())).filter(|_| !shows);
        let (before, after) = near.map_or((Stack::BEFORE, Stack::AFTER), |date| present.stack.reach(date));
        let request = WeekRequest { date, view: self.live.view.get(), before, after };
        spawn_local(async move {
            let read = ipc::call(&request).await;
            if number == session.live.asked.get() {
                session.live.is_leaving.set(false);
            }
            match read {
                Ok(view) => {
                    session.live.view.set(Some(session.live.view.get().unwrap_or(view.view)));
                    let shown = shows.then(|| date.unwrap_or(view.now.date));
                    session.dispatch(Action::WeekRead(number, Box::new(view), shown));
                }
                Err(error) => {
                    session.live.view.set(session.present().week.as_ref().map(|week| week.view));
                    session.dispatch(Action::WeekFailed(number, error));
                }
            }
        });
    }

    /// The weeks were scrolled.
    pub fn scrolled(&self, to: Scrolled) {
        let present = self.present();
        let top = DateRange::week_of(to.top, present.first_weekday());
        // On the way to another week, where one passes is not where one wants to be.
        if !self.live.is_leaving.get() && !self.live.wanted.get().is_some_and(|date| top.contains(date)) {
            self.live.wanted.set(Some(to.top));
        }
        let is_top = present.week.as_ref().is_some_and(|week| week.window == top);
        let is_there = present.cursor.is_some_and(|cursor| top.contains(cursor.date));
        if !is_top || present.seen != Some(to.seen) || to.takes_cursor && !is_there {
            self.dispatch(Action::Scrolled(to));
        }
        let Some(request) = present.stack.wanted(to.seen).filter(|_| !self.live.is_adding.replace(true)) else {
            return;
        };
        let number = self.live.asked.get();
        let session = self.clone();
        spawn_local(async move {
            let read = ipc::call(&request).await;
            session.live.is_adding.set(false);
            match read {
                Ok(weeks) => session.dispatch(Action::WeeksRead(number, weeks)),
                Err(error) => session.dispatch(Action::WeekFailed(number, error)),
            }
        });
    }
}
