//! The window: its parts, the keys that work everywhere, and what the shell tells.

use std::rc::Rc;

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::Element;
use weekwise_domain::{Clock, Theme, View};
use weekwise_protocol::event;
use yew::prelude::*;

use crate::components::{focus, focus_in_place, focus_panel_again, focused, is_narrow, is_nowhere};
use crate::features::{
    account::AccountPanel,
    changes::ChangesPanel,
    day::Day,
    editor::{NewInspector, PanelHead, SlotInspector},
    failure,
    header::Header,
    help::HelpPanel,
    notices::Notices,
    settings::SettingsPanel,
    side::Side,
    toast::ToastView,
    trash::TrashPanel,
    week::{WeekGrid, WeekList, Welcome},
    weeks::WeeksView,
};
use crate::ipc;
use crate::session::{Live, Session};
use crate::state::{Action, Panel, State};
use crate::texts::Texts;

/// Up to this width the week is a list of days.
const LIST_WIDTH: u32 = 719;
/// Up to this width the panel lies over the week.
const OVERLAY_WIDTH: u32 = 1099;

/// What the tab key leads to in the grid, or among the day cards.
const STOP: &str = ".cell[tabindex='0'], .weeks [tabindex='0']";

/// How much room there is.
#[derive(Clone, Copy, PartialEq)]
struct Room {
    for_list: bool,
    for_overlay: bool,
}

impl Room {
    fn now() -> Self {
        Self { for_list: is_narrow(LIST_WIDTH), for_overlay: is_narrow(OVERLAY_WIDTH) }
    }
}

/// The window.
#[component]
pub fn App() -> Html {
    let state = use_reducer_eq(State::default);
    let live = use_memo((), |()| Live::default());
    let texts = use_memo((), |()| Texts::english());
    let session = Session::new(state, *texts, live);
    let room = use_state_eq(Room::now);

    // The closures of listeners that live as long as the window reach the present session through this.
    let present = use_mut_ref(|| session.clone());
    *present.borrow_mut() = session.clone();
    use_effect_with((), {
        let (present, room) = (present.clone(), room.clone());
        move |()| {
            present.borrow().go_to(None);
            present.borrow().read_sync();
            listen_to_shell(&present);
            listen_to_window("resize", move |_| room.set(Room::now()));
            listen_to_window("online", {
                let present = present.clone();
                move |_| present.borrow().sync_now()
            });
            listen_to_window("keydown", move |event| {
                if let Ok(event) = event.dyn_into::<KeyboardEvent>() {
                    let session = present.borrow().clone();
                    on_key(&session, &event);
                }
            });
        }
    });
    let theme = session.week.as_ref().map_or(Theme::System, |week| week.settings.theme);
    use_effect_with(theme, |theme| show_theme(*theme));
    let is_panel_open = session.panel != Panel::None;
    use_effect_with(is_panel_open, |is_open| {
        // Where it had the keyboard, the week has it now.
        if !is_open && is_nowhere() {
            focus_in_place(STOP);
        }
    });

    let covers = is_panel_open && room.for_overlay;
    let inert = covers;
    html! {
        <ContextProvider<Session> context={session.clone()}>
            <div class={classes!("app", is_panel_open.then_some("with-panel"), (session.words().clock == Clock::H12).then_some("h12"))}>
                <div class="chrome" {inert}><Header /><Notices /></div>
                <div class="side-place" {inert}><Side /></div>
                <main {inert}>{week(&session, *room)}</main>
                if is_panel_open { <PanelView {covers} /> }
            </div>
            <ToastView />
        </ContextProvider<Session>>
    }
}

fn week(session: &Session, room: Room) -> Html {
    match (&session.week, &session.trouble) {
        (Some(view), _) => html! {
            <>
                { match view.view {
                    View::Weeks => html! { <WeeksView view={view.clone()} is_list={room.for_list} /> },
                    View::Week if room.for_list => html! { <WeekList view={view.clone()} /> },
                    View::Week => html! { <WeekGrid view={view.clone()} /> },
                } }
                if view.is_empty && session.new_slot.is_none() {
                    <Welcome has_times={view.view == View::Week && !room.for_list} />
                }
            </>
        },
        (None, Some(error)) => {
            let retry = {
                let session = session.clone();
                move |_| session.go_to(None)
            };
            html! {
                <div class="welcome" role="alert">
                    <p>{failure::told(error, &session.words())}</p>
                    <button type="button" class="primary" onclick={retry}>{session.texts().get("failure-retry")}</button>
                </div>
            }
        }
        (None, None) => html! { <p class="opening">{session.texts().get("week-loading")}</p> },
    }
}

/// The properties of the panel.
#[derive(Properties, PartialEq)]
struct PanelProps {
    /// Whether it lies over the week.
    covers: bool,
}

/// What stands beside the week.
#[component]
fn PanelView(props: &PanelProps) -> Html {
    let session = crate::session::use_session();
    // In effects of its own: the page has what stands in it only once it is rendered itself.
    use_effect_with((session.panel, session.begun), {
        let is_overlay = props.covers;
        move |(panel, _)| focus_panel(*panel, is_overlay)
    });
    use_effect({
        let panel = session.panel;
        move || keep_keyboard(panel)
    });
    let texts = session.texts();
    let words = session.words();
    let (title, body) = match session.panel {
        Panel::None => return html! {},
        Panel::New => (texts.get("editor-new"), html! { <NewInspector /> }),
        Panel::Slot(slot) => (words.date_long(session.final_date(slot)), html! { <SlotInspector {slot} /> }),
        Panel::Day(date) => (words.date_long(date), html! { <Day {date} /> }),
        Panel::Settings => (texts.get("settings-title"), html! { <SettingsPanel /> }),
        Panel::Trash => (texts.get("trash-title"), html! { <TrashPanel /> }),
        Panel::Help => (texts.get("help-title"), html! { <HelpPanel /> }),
        Panel::Account => (texts.get("account-title"), html! { <AccountPanel /> }),
        Panel::Changes => (texts.get("changes-title"), html! { <ChangesPanel /> }),
    };
    let close = {
        let session = session.clone();
        move |_| session.dispatch(Action::Open(Panel::None))
    };
    html! {
        <>
            if props.covers { <div class="scrim" onclick={close}></div> }
            <div class="panel" id="panel" tabindex="-1" role={if props.covers { "dialog" } else { "complementary" }}
                aria-modal={props.covers.then_some("true")} aria-labelledby="panel-title">
                <PanelHead {title} />
                {body}
            </div>
        </>
    }
}

fn listen_to_shell(present: &Rc<std::cell::RefCell<Session>>) {
    let session = present.clone();
    ipc::on_event(event::ROWS_CHANGED, move |_| session.borrow().reload());
    let session = present.clone();
    ipc::on_event(event::CLOCK, move |payload| {
        if let Ok(now) = serde_wasm_bindgen::from_value(payload) {
            session.borrow().dispatch(Action::Clock(now));
        }
    });
    let session = present.clone();
    ipc::on_event(event::SYNC, move |payload| {
        if let Ok(sync) = serde_wasm_bindgen::from_value(payload) {
            session.borrow().sync_told(sync);
        }
    });
}

fn listen_to_window(name: &str, handler: impl FnMut(web_sys::Event) + 'static) {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(handler);
    if let Some(window) = web_sys::window() {
        // Adding a listener to the window does not fail.
        let _ = window.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    }
    // It listens for as long as the window lives.
    closure.forget();
}

fn show_theme(theme: Theme) {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    let Some(root) = root else { return };
    // An attribute with a valid name is always accepted.
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light => root.set_attribute("data-theme", "light"),
        Theme::Dark => root.set_attribute("data-theme", "dark"),
    };
}

/// A new slot's title takes the keyboard; a panel over the week does too. Beside the week the keyboard stays
/// where it is, so that one can go on from slot to slot.
fn focus_panel(panel: Panel, is_overlay: bool) {
    match panel {
        Panel::New => focus("#slot-title"),
        _ if is_overlay => focus("#panel"),
        Panel::None | Panel::Slot(_) | Panel::Day(_) => {}
        Panel::Settings | Panel::Trash | Panel::Help | Panel::Account | Panel::Changes => focus("#panel"),
    }
}

/// In these panels much goes away once it was pressed. Whoever pressed it goes on from there, not from the top of the window.
fn keep_keyboard(panel: Panel) {
    if matches!(panel, Panel::Trash | Panel::Account | Panel::Changes) {
        focus_panel_again();
    }
}

fn on_key(session: &Session, event: &KeyboardEvent) {
    let control = event.ctrl_key() || event.meta_key();
    let in_text = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
            || element.tag_name() == "INPUT"
                && matches!(element.get_attribute("type").as_deref(), Some("text" | "password"))
    });
    // Where there is no week, nothing but its trouble can be seen, and a panel that can be closed.
    if session.week.is_none() && event.key() != "Escape" {
        return;
    }
    let key = event.key();
    let key = if key.chars().count() == 1 { key.to_lowercase() } else { key };
    let handled = match (key.as_str(), control, event.shift_key()) {
        ("Escape", false, _) => escape(session),
        ("Enter", true, _) => {
            let form = focused().and_then(|element| element.closest("form").ok().flatten());
            let form = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
            form.is_some_and(|form| form.request_submit().is_ok())
        }
        _ if in_text || event.alt_key() => false,
        ("z", true, false) => act(|| session.undo(None)),
        ("z", true, true) | ("y", true, false) => act(|| session.redo()),
        (_, true, _) => false,
        ("c" | "n", ..) => act(|| session.begin_at_cursor()),
        ("t", ..) => act(|| session.go_to_today()),
        ("j", ..) => act(|| session.go_by(1)),
        ("k", ..) => act(|| session.go_by(-1)),
        ("v", ..) => act(|| session.look_otherwise()),
        ("g", ..) => act(|| session.dispatch(Action::GoTo(true))),
        (",", ..) => act(|| session.toggle(Panel::Settings)),
        ("?", ..) => act(|| session.toggle(Panel::Help)),
        ("a", ..) => act(|| session.toggle(Panel::Account)),
        ("s", ..) => act(|| session.toggle(Panel::Changes)),
        ("Delete" | "Backspace", ..) => match session.open_slot() {
            Some(slot) => act(|| session.remove_date(slot)),
            None => false,
        },
        _ => false,
    };
    if handled {
        event.prevent_default();
    }
}

fn act(then: impl FnOnce()) -> bool {
    then();
    true
}

fn escape(session: &Session) -> bool {
    if session.is_going_to {
        session.dispatch(Action::GoTo(false));
    } else if session.is_side_open {
        session.dispatch(Action::Side(false));
    } else if session.panel != Panel::None {
        session.dispatch(Action::Open(Panel::None));
        focus_in_place(STOP);
    } else {
        return false;
    }
    true
}
