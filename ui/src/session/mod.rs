//! What the window can do: each method is one act of a person, with its calls and what follows from them.

mod account;
mod places;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen_futures::spawn_local;
use weekwise_domain::{
    Cancellation, Clock, Date, Edit, Exception, ExceptionTally, Minute, Request, ScheduleId, SeriesId, Setting,
    SlotLimit, Summary, TimeRange, View,
};
use weekwise_protocol::{
    AskAbout, Call, DoEdit, Edited, ExportFile, ImportText, ListTimeZones, ListTrash, OpenDataFolder, Redo,
    SlotRequest, StepId, Undo, Undone,
};
use yew::prelude::*;

use crate::features::{done, editor::draft::is_one_off, failure};
use crate::ipc::{self, CallError};
use crate::state::{Action, Cursor, DraftKey, NewSlot, Panel, State, ToastAction};
use crate::texts::Texts;
use crate::words::Words;

/// The state and what can be done with it. Cheap to clone; handed down as a context.
#[derive(Clone)]
pub struct Session {
    state: UseReducerHandle<State>,
    texts: Texts,
    live: Rc<Live>,
}

/// What calls that are under way must know of the present, not of the time when they began.
#[derive(Default)]
pub struct Live {
    /// The number of the last question for a week.
    asked: Cell<u32>,
    /// The date that was gone to last, or that is in view since.
    wanted: Cell<Option<Date>>,
    /// The view that was asked for last; none before the first answer, which is for the one that is remembered.
    view: Cell<Option<View>>,
    /// Whether the last question is for another week or view than the one that is shown.
    is_leaving: Cell<bool>,
    /// How often the shell has told how sync stands.
    told: Cell<u32>,
    /// Whether weeks to add are being read.
    is_adding: Cell<bool>,
    /// What the window shows.
    state: RefCell<Option<UseReducerHandle<State>>>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl std::ops::Deref for Session {
    type Target = State;
    fn deref(&self) -> &State {
        &self.state
    }
}

/// The session of the window.
#[hook]
pub fn use_session() -> Session {
    use_context::<Session>().expect("every component stands inside the session's provider")
}

impl Session {
    /// Binds the state to what can be done with it.
    pub fn new(state: UseReducerHandle<State>, texts: Texts, live: Rc<Live>) -> Self {
        *live.state.borrow_mut() = Some(state.clone());
        Self { state, texts, live }
    }

    /// What the window shows by now, which for those who waited for an answer is more than what it showed then.
    fn present(&self) -> UseReducerHandle<State> {
        self.live.state.borrow().as_ref().unwrap_or(&self.state).clone()
    }

    /// Changes the state.
    pub fn dispatch(&self, action: Action) {
        self.state.dispatch(action);
    }

    /// All messages.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// How this person reads dates and times.
    pub fn words(&self) -> Words {
        let clock = self.state.week.as_ref().map_or(Clock::H24, |week| week.preferences.clock);
        Words { texts: self.texts, clock }
    }

    /// Today; while nothing has been read yet, the first of all dates.
    pub fn today(&self) -> Date {
        self.state.now.map_or(Date::MIN, |now| now.date)
    }

    /// Opens a slot beside the week.
    pub fn show_slot(&self, key: SlotRequest) {
        self.dispatch(Action::Open(Panel::Slot(key)));
        self.read_slot(key);
    }

    fn read_slot(&self, key: SlotRequest) {
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&key).await {
                Ok(view) => session.dispatch(Action::SlotRead(key, Box::new(view))),
                // It is gone, as after undoing its making.
                Err(CallError::Failed(weekwise_protocol::Failure::Refused { .. })) => {
                    session.dispatch(Action::Open(Panel::None));
                }
                Err(error) => session.dispatch(Action::Refused(error)),
            }
        });
    }

    /// Begins a new slot, or goes on with the one that is begun and has something typed into it.
    pub fn begin(&self, date: Date, time: Option<TimeRange>) {
        let Some(time) = time else { return };
        self.dispatch(match self.state.has_typed(DraftKey::New) {
            true => Action::GoOn,
            false => Action::Begin(NewSlot { date, time }, fresh_id()),
        });
    }

    /// Begins a new slot where the keyboard stands.
    pub fn begin_at_cursor(&self) {
        match self.state.cursor {
            Some(cursor) if self.state.view() == View::Weeks => self.begin_on(cursor.date),
            Some(cursor) => self.begin(cursor.date, an_hour_from(cursor)),
            None => {}
        }
    }

    /// Begins a new slot on a date, in an hour that is free.
    pub fn begin_on(&self, date: Date) {
        self.begin(date, free_hour(&self.state.times_on(date)));
    }

    /// Opens a panel, or closes it when it is open.
    pub fn toggle(&self, panel: Panel) {
        if self.state.panel == panel {
            return self.dispatch(Action::Open(Panel::None));
        }
        self.dispatch(Action::Open(panel));
        match panel {
            Panel::Trash => self.read_trash(),
            Panel::Help => self.read_about(),
            Panel::Account => self.read_accounts(),
            Panel::Changes => self.read_changes(),
            Panel::Settings if self.time_zones.is_none() => self.read_time_zones(),
            _ => {}
        }
    }

    fn read_trash(&self) {
        self.read(ListTrash {}, |session, series| session.dispatch(Action::TrashRead(series)));
    }

    fn read_time_zones(&self) {
        self.read(ListTimeZones {}, |session, zones| session.dispatch(Action::TimeZonesRead(zones)));
    }

    fn read_about(&self) {
        self.read(AskAbout {}, |session, about| session.dispatch(Action::AboutRead(about)));
    }

    /// Shows the data folder in the system's file manager.
    pub fn open_data_folder(&self) {
        self.read(OpenDataFolder {}, |_, ()| {});
    }

    fn read<C: Call + 'static>(&self, request: C, then: impl FnOnce(&Self, C::Reply) + 'static) {
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&request).await {
                Ok(reply) => then(&session, reply),
                Err(error) => session.say_error(&error),
            }
        });
    }

    /// Saves a draft: does its edit, and raises the slot limit along with it where that was allowed.
    pub fn save(&self, key: DraftKey, edit: Edit, raise_slot_limit: Option<SlotLimit>) {
        let session = self.clone();
        self.dispatch(Action::Saving(true));
        spawn_local(async move {
            let created = slot_made_by(&edit);
            let result = ipc::call(&DoEdit { request: Request { edit, raise_slot_limit } }).await;
            session.saved(key, created, result);
        });
    }

    /// Saves a new slot that runs past midnight as two, or none of them.
    pub fn save_two(&self, [first, second]: [Edit; 2], raise_slot_limit: Option<SlotLimit>) {
        let session = self.clone();
        self.dispatch(Action::Saving(true));
        spawn_local(async move {
            let created = slot_made_by(&first);
            let ask = |edit| DoEdit { request: Request { edit, raise_slot_limit } };
            let mut result = ipc::call(&ask(second)).await;
            if let Ok(second) = &result {
                let step = second.step.as_ref().map(|step| step.id);
                result = ipc::call(&ask(first)).await;
                if result.is_err()
                    && let Err(error) = ipc::call(&Undo { step }).await
                {
                    session.say_error(&error);
                }
            }
            session.saved(DraftKey::New, created, result);
        });
    }

    fn saved(&self, key: DraftKey, created: Option<SlotRequest>, result: Result<Edited, CallError>) {
        self.dispatch(Action::Saving(false));
        match result {
            Ok(edited) => {
                self.dispatch(Action::DraftDone(key));
                self.say_done(&edited);
                if let Some(slot) = created {
                    self.show_slot(slot);
                }
                self.reload();
            }
            Err(error) => self.dispatch(Action::Refused(error)),
        }
    }

    /// Does an edit that needs no draft.
    pub fn edit(&self, edit: Edit) {
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&DoEdit { request: edit.into() }).await {
                Ok(edited) => {
                    session.say_done(&edited);
                    session.reload();
                }
                Err(error) => session.say_error(&error),
            }
        });
    }

    /// Takes the open date away: cancels it, or deletes the slot where that is its only date.
    pub fn remove_date(&self, key: SlotRequest) {
        let Some(view) = &self.slot else { return };
        let entry = view.ledger.iter().find(|entry| entry.date == key.date);
        if matches!(view.segments.as_slice(), [only] if is_one_off(&only.pattern)) {
            self.trash_series(key);
        } else if !entry.is_some_and(|entry| matches!(entry.exception, Exception::Cancelled(_))) {
            self.cancel_date(key);
        }
    }

    /// Cancels a date.
    pub fn cancel_date(&self, key: SlotRequest) {
        let SlotRequest { series_id, date } = key;
        self.edit(Edit::CancelDate { series_id, date, reason: Box::new(Cancellation::default()) });
    }

    /// Puts a date back.
    pub fn put_back(&self, key: SlotRequest) {
        self.dispatch(Action::DraftDone(DraftKey::Slot(key)));
        self.edit(Edit::PutBack { series_id: key.series_id, date: key.date });
    }

    /// Puts a series into the trash and closes it.
    pub fn trash_series(&self, key: SlotRequest) {
        self.dispatch(Action::DraftDone(DraftKey::Slot(key)));
        self.dispatch(Action::Open(Panel::None));
        self.edit(Edit::Trash { series_id: key.series_id });
    }

    /// Takes a series out of the trash.
    pub fn restore_series(&self, series_id: SeriesId) {
        self.edit(Edit::Restore { series_id });
    }

    /// Removes a series in the trash for good.
    pub fn purge_series(&self, series_id: SeriesId) {
        self.edit(Edit::Purge { series_id });
    }

    /// Changes a setting.
    pub fn set(&self, setting: Setting) {
        self.edit(Edit::Set { setting });
    }

    /// Reads a file's text in.
    pub fn import(&self, text: String) {
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&ImportText { text }).await {
                Ok(edited) => {
                    if session.present().panel == Panel::Settings {
                        // Without what was wrong with the file before.
                        session.dispatch(Action::Open(Panel::Settings));
                    }
                    session.say_done(&edited);
                    session.reload();
                }
                Err(error) => {
                    session.dispatch(Action::Open(Panel::Settings));
                    session.dispatch(Action::Refused(error));
                }
            }
        });
    }

    /// Writes everything to a file.
    pub fn export(&self) {
        self.read(ExportFile {}, |session, exported| {
            let text = session.texts.with("toast-exported", [("path", exported.path.into())]);
            session.dispatch(Action::Say(text, None));
        });
    }

    /// Takes an edit back: the one named, else the last.
    pub fn undo(&self, step: Option<StepId>) {
        self.travel(Undo { step }, |session, undone| session.say_undone(&undone));
    }

    /// Does again what was undone last.
    pub fn redo(&self) {
        self.travel(Redo {}, |session, redone| {
            let what = session.told(&redone.step.summary);
            let text = session.texts.with("toast-redone", [("what", what.into())]);
            let text = session.with_exceptions(text, &redone);
            session.dispatch(Action::Say(text, Some(ToastAction::Undo(redone.step.id))));
        });
    }

    fn travel<C: Call + 'static>(&self, request: C, then: impl FnOnce(&Self, C::Reply) + 'static) {
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&request).await {
                Ok(reply) => {
                    then(&session, reply);
                    session.reload();
                }
                Err(error) => session.say_error(&error),
            }
        });
    }

    fn say_undone(&self, undone: &Undone) {
        let what = self.told(&undone.step.summary);
        let text = match undone.left {
            0 => self.texts.with("toast-undone", [("what", what.into())]),
            left => self.texts.with("toast-left", [("n", left.into()), ("what", what.into())]),
        };
        let text = self.with_exceptions(text, undone);
        self.dispatch(Action::Say(text, Some(ToastAction::Redo)));
    }

    /// Says along with what was undone what became of changed dates, where one lost its effect or got it back.
    fn with_exceptions(&self, told: String, undone: &Undone) -> String {
        let ExceptionTally { kept, carried, without_effect, effective_again } = undone.exceptions;
        if without_effect + effective_again == 0 {
            return told;
        }
        let line = |id: &str, n: u32| (n > 0).then(|| self.texts.with(id, [("n", n.into())]));
        let lines = [
            line("exceptions-kept", kept + carried),
            line("exceptions-without-effect", without_effect),
            line("exceptions-again", effective_again),
        ];
        let exceptions = lines.into_iter().flatten().collect::<Vec<_>>().join(". ");
        self.texts.with("toast-exceptions", [("told", told.into()), ("exceptions", exceptions.into())])
    }

    fn say_done(&self, edited: &Edited) {
        let action = edited.step.as_ref().map(|step| ToastAction::Undo(step.id));
        self.dispatch(Action::Say(self.told(&edited.summary), action));
    }

    fn say_error(&self, error: &CallError) {
        self.dispatch(Action::Say(failure::told(error, &self.words()), None));
    }

    /// An edit in words, as it was done.
    pub fn told(&self, summary: &Summary) -> String {
        done::told(summary, &self.words())
    }
}

/// The first date of the slot that an edit makes.
fn slot_made_by(edit: &Edit) -> Option<SlotRequest> {
    let Edit::Create { schedule } = edit else { return None };
    let date = schedule.pattern.first_date()?;
    Some(SlotRequest { series_id: schedule.pattern.series_id, date })
}

/// A fresh id for a schedule: a UUIDv7.
pub fn fresh_id() -> ScheduleId {
    ScheduleId(uuid::Uuid::now_v7())
}

/// The first hour from nine on that no slot of a day lies in; that from nine where there is none.
fn free_hour(times: &[TimeRange]) -> Option<TimeRange> {
    let hour_from = |hour: u16| {
        let start = Minute::MIDNIGHT.saturating_plus(hour * 60);
        TimeRange::new(start, start.saturating_plus(60)).ok()
    };
    let is_free = |hour: &TimeRange| times.iter().all(|time| time.end() <= hour.start() || hour.end() <= time.start());
    (9..24).filter_map(hour_from).find(is_free).or(hour_from(9))
}

/// An hour from a cell on, or what is left of the day.
pub fn an_hour_from(cursor: Cursor) -> Option<TimeRange> {
    TimeRange::new(cursor.minute(), cursor.minute().saturating_plus(60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_slot_is_proposed_where_there_is_room() {
        let time = |start: &str, end: &str| TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        assert_eq!(free_hour(&[]), Some(time("09:00", "10:00")));
        assert_eq!(free_hour(&[time("08:00", "09:00"), time("10:00", "11:00")]), Some(time("09:00", "10:00")));
        assert_eq!(free_hour(&[time("08:30", "10:15"), time("11:00", "12:30")]), Some(time("13:00", "14:00")));
        assert_eq!(free_hour(&[time("00:00", "24:00")]), Some(time("09:00", "10:00")));
    }
}
