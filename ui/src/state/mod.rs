//! What the window knows and shows, and every way in which that changes. Pure: no DOM, no calls.

mod places;
mod stack;

use std::rc::Rc;

use weekwise_domain::{Date, DateRange, ScheduleId, SeriesId, SlotLimit, TimeRange, View, Weekday};
use weekwise_protocol::{
    About, AccountsView, Block, Changes, Now, SignedInDevice, SlotRequest, SlotView, Standing, StepId, SyncView,
    TrashedSeries, Week, WeekView,
};
use yew::Reducible;

use crate::features::editor::draft::{Draft, Scope};
use crate::ipc::CallError;
pub use places::{Aim, Cursor, Mark, ROW_MINUTES, ROWS, Scrolled};
pub use stack::Stack;

/// Everything that the window shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The week in view, once it has been read; where weeks stand one under another, the one at the top.
    pub week: Option<Rc<WeekView>>,
    /// The weeks that stand one under another; none in the view of one week.
    pub stack: Stack,
    /// The dates of those of them that are in view.
    pub seen: Option<DateRange>,
    /// Which of them is to be brought to the top.
    pub aim: Option<Aim>,
    /// The clock, which runs on between reads.
    pub now: Option<Now>,
    /// Why the week could not be read.
    pub trouble: Option<CallError>,
    /// The number of the last question for a week; answers to earlier ones are dropped.
    pub asked: u32,
    /// The cell of the grid that holds the keyboard; its date is that of the day card that does.
    pub cursor: Option<Cursor>,
    /// What holds the keyboard in the day card.
    pub mark: Mark,
    /// What stands beside the week.
    pub panel: Panel,
    /// The open slot, once it has been read.
    pub slot: Option<Rc<SlotView>>,
    /// What is typed and not saved, by what it is of.
    pub drafts: Vec<(DraftKey, Draft)>,
    /// Where and when the new slot was begun.
    pub new_slot: Option<NewSlot>,
    /// How often a new slot was begun or gone on with: each time its title takes the keyboard.
    pub begun: u32,
    /// Why the open draft could not be saved.
    pub refusal: Option<Rc<CallError>>,
    /// Whether a save is under way.
    pub is_saving: bool,
    /// The message at the foot of the window.
    pub toast: Option<Toast>,
    /// The trash, once it has been read.
    pub trash: Option<Rc<Vec<TrashedSeries>>>,
    /// About the program and its data, once that has been read.
    pub about: Option<Rc<About>>,
    /// The time zones that can be set, once they have been read.
    pub time_zones: Option<Rc<Vec<String>>>,
    /// Whether the side bar lies over a narrow window.
    pub is_side_open: bool,
    /// Whether the field to go to a date is open.
    pub is_going_to: bool,
    /// How many notices were dismissed.
    pub dismissed_notices: usize,
    /// How sync stands.
    pub sync: SyncView,
    /// The accounts on this device, once they have been read.
    pub accounts: Option<Rc<AccountsView>>,
    /// Where the person is signed in, once that has been read.
    pub devices: Option<Rc<Vec<SignedInDevice>>>,
    /// What sync has to tell, once that has been read.
    pub changes: Option<Rc<Changes>>,
    /// What about the account is under way.
    pub account_busy: Option<AccountPlace>,
    /// Why the last act about the account was not done, and which one it was.
    pub account_refusal: Option<Rc<(AccountPlace, CallError)>>,
    /// Whether what is on this device alone is to stay there.
    pub is_apart_kept: bool,
    /// Whether the notice about the keyring was dismissed.
    pub is_keyring_dismissed: bool,
}

/// A part of the account's panel that does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPlace {
    /// Signing in, or making an account.
    SignIn,
    /// Signing out.
    SignOut,
    /// Showing another account.
    Others,
    /// Where the session is kept.
    Session,
    /// The list of devices.
    Devices,
    /// Another password.
    Password,
    /// Deleting the account.
    Delete,
    /// What is on this device alone.
    Apart,
}

/// What stands beside the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Panel {
    /// Nothing.
    #[default]
    None,
    /// A slot on a date.
    Slot(SlotRequest),
    /// A slot that is being made.
    New,
    /// All slots of a date.
    Day(Date),
    /// The settings.
    Settings,
    /// The trash.
    Trash,
    /// Help.
    Help,
    /// The account.
    Account,
    /// What sync did.
    Changes,
}

/// What a draft is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKey {
    /// The new slot.
    New,
    /// A slot on a date.
    Slot(SlotRequest),
}

/// Where a new slot was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSlot {
    /// On which date.
    pub date: Date,
    /// From when to when.
    pub time: TimeRange,
}

/// A message at the foot of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Its words.
    pub text: String,
    /// What its button does.
    pub action: Option<ToastAction>,
    /// Distinguishes it from an equal one before it.
    pub serial: u32,
}

/// What a toast's button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastAction {
    /// Takes back the edit that the toast tells of.
    Undo(StepId),
    /// Does the edit again.
    Redo,
}

/// A change to what the window shows.
#[derive(Debug)]
pub enum Action {
    /// A week was asked for, with this number.
    Asked(u32),
    /// The week with that number came, in which a date is to be shown.
    WeekRead(u32, Box<WeekView>, Option<Date>),
    /// Weeks to add to those that the week with that number came with.
    WeeksRead(u32, Vec<Week>),
    /// The week with that number could not be read.
    WeekFailed(u32, CallError),
    /// The clock moved on.
    Clock(Now),
    /// A date is to be shown whose week stands among the others.
    Aim(Date),
    /// The weeks were scrolled.
    Scrolled(Scrolled),
    /// The keyboard went to a cell.
    CursorAt(Cursor),
    /// The keyboard went to something in a day card.
    MarkAt(Date, Mark),
    /// Something was opened beside the week.
    Open(Panel),
    /// The open slot was read.
    SlotRead(SlotRequest, Box<SlotView>),
    /// A new slot was begun.
    Begin(NewSlot, ScheduleId),
    /// The new slot that is begun is gone on with.
    GoOn,
    /// Something was typed.
    Typed(DraftKey, Box<Draft>),
    /// A draft was saved or discarded.
    DraftDone(DraftKey),
    /// A save began (true) or ended.
    Saving(bool),
    /// A save was refused.
    Refused(CallError),
    /// Something is to be said.
    Say(String, Option<ToastAction>),
    /// The toast was dismissed or ran out; only the one with this number.
    ToastDone(u32),
    /// The trash was read.
    TrashRead(Vec<TrashedSeries>),
    /// The program's data was read.
    AboutRead(About),
    /// The time zones were read.
    TimeZonesRead(Vec<String>),
    /// The side bar was opened or closed.
    Side(bool),
    /// The field to go to a date was opened or closed.
    GoTo(bool),
    /// The notices were dismissed.
    DismissNotices,
    /// The notice about the keyring was dismissed.
    DismissKeyring,
    /// Sync stands so.
    Synced(SyncView),
    /// The accounts were read.
    AccountsRead(AccountsView),
    /// Where the person is signed in was read.
    DevicesRead(Vec<SignedInDevice>),
    /// What sync has to tell was read.
    ChangesRead(Box<Changes>),
    /// All of it was seen.
    ChangesSeen,
    /// Something about the account is under way.
    AccountBusy(AccountPlace),
    /// It is done, or why it was not.
    AccountDone(Option<(AccountPlace, CallError)>),
    /// What was refused was taken note of.
    AccountRefusalDone,
    /// What is on this device alone is to stay there.
    ApartKept,
    /// The week of another account is shown: what was open of the last one is not there.
    Switched,
}

impl State {
    /// The view that is shown.
    pub fn view(&self) -> View {
        self.week.as_ref().map_or(View::Week, |week| week.view)
    }

    /// The day on which weeks begin.
    pub fn first_weekday(&self) -> Weekday {
        self.week.as_ref().map_or(Weekday::MONDAY, |week| week.preferences.first_weekday)
    }

    /// When slots take place on a date that has been read.
    pub fn times_on(&self, date: Date) -> Vec<TimeRange> {
        let of_week = self.stack.week_of(date).map(|week| &week.blocks);
        let blocks = of_week.or(self.week.as_ref().map(|week| &week.blocks)).into_iter().flatten();
        let takes_place = |block: &&Block| block.date == date && !matches!(block.standing, Standing::Cancelled { .. });
        blocks.filter(takes_place).map(|block| block.time).collect()
    }

    /// The slots with something typed and not saved.
    pub fn unsaved(&self) -> Vec<SlotRequest> {
        let of = |(key, draft): &(DraftKey, Draft)| match key {
            DraftKey::Slot(slot) if draft.typed != Default::default() => Some(*slot),
            _ => None,
        };
        self.drafts.iter().filter_map(of).collect()
    }

    /// Whether something about the account is under way.
    pub fn is_busy_with(&self, place: AccountPlace) -> bool {
        self.account_busy == Some(place)
    }

    /// The draft of something, if there is one.
    pub fn draft(&self, key: DraftKey) -> Option<&Draft> {
        self.drafts.iter().find(|(known, _)| *known == key).map(|(_, draft)| draft)
    }

    /// Whether anything is typed and not saved.
    pub fn has_typed(&self, key: DraftKey) -> bool {
        self.draft(key).is_some_and(|draft| draft.typed != Default::default())
    }

    /// The slot that is open beside the week.
    pub fn open_slot(&self) -> Option<SlotRequest> {
        if let Panel::Slot(key) = self.panel { Some(key) } else { None }
    }

    /// The date on which a slot takes place: its original one, or the one that it is moved to.
    pub fn final_date(&self, slot: SlotRequest) -> Date {
        let entry = self.slot.iter().flat_map(|view| &view.ledger).find(|entry| entry.date == slot.date);
        entry.and_then(|entry| entry.exception.as_override()).and_then(|change| change.moved_to).unwrap_or(slot.date)
    }

    /// The slot limit that would let the refused save through.
    pub fn limit_to_allow(over_slots: u32) -> Option<SlotLimit> {
        SlotLimit::try_from(i64::from(over_slots)).ok()
    }

    fn with_draft(&mut self, key: DraftKey, draft: Draft) {
        self.drafts.retain(|(known, _)| *known != key);
        self.drafts.push((key, draft));
    }

    fn after(mut self, action: Action) -> Self {
        match action {
            Action::Asked(number) => self.asked = number,
            Action::WeekRead(number, view, shown) if number == self.asked => self.take_in(*view, shown),
            Action::WeeksRead(number, weeks) if number == self.asked => {
                self.trouble = None;
                self.stack.add(weeks, self.seen);
            }
            Action::WeekFailed(number, error) if number == self.asked => self.trouble = Some(error),
            Action::WeekRead(..) | Action::WeeksRead(..) | Action::WeekFailed(..) => {}
            Action::Aim(date) => self.aim_at(date),
            Action::Scrolled(to) => self.scroll_to(to),
            Action::Clock(now) => self.now = Some(now),
            Action::CursorAt(cursor) => (self.cursor, self.mark) = (Some(cursor), Mark::First),
            Action::MarkAt(date, mark) => {
                self.cursor = self.cursor.map(|cursor| Cursor { date, ..cursor });
                self.mark = mark;
            }
            Action::Open(panel) => {
                // What was read is about the whole series, whatever its date.
                if series_of(self.panel) != series_of(panel) {
                    self.slot = None;
                }
                self.panel = panel;
                self.refusal = None;
                self.is_side_open = false;
            }
            Action::SlotRead(key, view) if self.open_slot() == Some(key) => self.slot = Some(Rc::new(*view)),
            Action::SlotRead(..) => {}
            Action::Begin(place, id) => {
                self.new_slot = Some(place);
                self.with_draft(DraftKey::New, Draft::new(Scope::Series, id));
                self.panel = Panel::New;
                self.slot = None;
                self.refusal = None;
                self.begun += 1;
            }
            Action::GoOn => {
                if self.panel != Panel::New {
                    self = self.after(Action::Open(Panel::New));
                }
                self.begun += 1;
            }
            Action::Typed(key, draft) => {
                self.with_draft(key, *draft);
                self.refusal = None;
            }
            Action::DraftDone(key) => {
                self.drafts.retain(|(known, _)| *known != key);
                self.refusal = None;
                if key == DraftKey::New {
                    self.new_slot = None;
                    if self.panel == Panel::New {
                        self.panel = Panel::None;
                    }
                }
            }
            Action::Saving(is_saving) => self.is_saving = is_saving,
            Action::Refused(error) => self.refusal = Some(Rc::new(error)),
            Action::Say(text, action) => {
                let serial = self.toast.as_ref().map_or(0, |toast| toast.serial) + 1;
                self.toast = Some(Toast { text, action, serial });
            }
            Action::ToastDone(serial) => self.toast = self.toast.filter(|toast| toast.serial != serial),
            Action::TrashRead(series) => self.trash = Some(Rc::new(series)),
            Action::AboutRead(about) => self.about = Some(Rc::new(about)),
            Action::TimeZonesRead(zones) => self.time_zones = Some(Rc::new(zones)),
            Action::Side(open) => self.is_side_open = open,
            Action::GoTo(open) => self.is_going_to = open,
            Action::DismissNotices => {
                self.dismissed_notices = self.week.as_ref().map_or(0, |week| week.notices.len());
            }
            Action::DismissKeyring => self.is_keyring_dismissed = true,
            Action::Synced(sync) => self.sync = sync,
            Action::AccountsRead(accounts) => self.accounts = Some(Rc::new(accounts)),
            Action::DevicesRead(devices) => self.devices = Some(Rc::new(devices)),
            Action::ChangesRead(changes) => {
                self.sync.unseen = changes.untold;
                self.changes = Some(Rc::new(*changes));
            }
            Action::ChangesSeen => {
                let unseen = self.changes.iter().flat_map(|it| &it.arrivals).filter(|it| !it.is_seen).count();
                self.sync.unseen = self.sync.unseen.saturating_sub(u32::try_from(unseen).unwrap_or(u32::MAX));
            }
            Action::AccountBusy(place) => {
                self.account_busy = Some(place);
                self.account_refusal = None;
            }
            Action::AccountDone(refusal) => {
                self.account_busy = None;
                self.account_refusal = refusal.map(Rc::new);
            }
            Action::AccountRefusalDone => self.account_refusal = None,
            Action::ApartKept => self.is_apart_kept = true,
            Action::Switched => {
                let Self { panel, sync, accounts, now, asked, .. } = self;
                let panel = if panel == Panel::Account { panel } else { Panel::None };
                self = Self { panel, sync, accounts, now, asked, ..Self::default() };
            }
        }
        self
    }
}

/// The series that a panel shows a date of.
fn series_of(panel: Panel) -> Option<SeriesId> {
    if let Panel::Slot(key) = panel { Some(key.series_id) } else { None }
}

impl Reducible for State {
    type Action = Action;
    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::editor::draft::Typed;

    fn key(number: u128) -> SlotRequest {
        SlotRequest { series_id: SeriesId(uuid::Uuid::from_u128(number)), date: "2026-11-23".parse().unwrap() }
    }

    fn draft() -> Draft {
        let mut draft = Draft::new(Scope::Date, ScheduleId(uuid::Uuid::nil()));
        draft.typed = Typed { title: Some("x".into()), ..Typed::default() };
        draft
    }

    #[test]
    fn a_draft_survives_looking_elsewhere() {
        let state = State::default()
            .after(Action::Open(Panel::Slot(key(1))))
            .after(Action::Typed(DraftKey::Slot(key(1)), Box::new(draft())))
            .after(Action::Open(Panel::Slot(key(2))))
            .after(Action::Open(Panel::None));
        assert_eq!(state.draft(DraftKey::Slot(key(1))), Some(&draft()));
    }

    #[test]
    fn a_late_answer_about_another_slot_is_dropped() {
        let view = SlotView { segments: vec![], ledger: vec![] };
        let state =
            State::default().after(Action::Open(Panel::Slot(key(2)))).after(Action::SlotRead(key(1), Box::new(view)));
        assert_eq!(state.slot, None);
    }

    #[test]
    fn a_toast_that_runs_out_does_not_take_its_successor_along() {
        let state = State::default().after(Action::Say("a".into(), None)).after(Action::Say("b".into(), None));
        assert_eq!(state.clone().after(Action::ToastDone(1)).toast.unwrap().text, "b");
        assert_eq!(state.after(Action::ToastDone(2)).toast, None);
    }
}
