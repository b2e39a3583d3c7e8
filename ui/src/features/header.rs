//! The bar at the top: which week, to other weeks, undo and redo, and whether all is saved.

use weekwise_domain::View;
use yew::prelude::*;

use crate::components::{DateField, Icon, IconButton};
use crate::features::account::{self, Mood};
use crate::session::{Session, use_session};
use crate::state::{Action, Panel};

/// The bar at the top.
#[component]
pub fn Header() -> Html {
    let session = use_session();
    let texts = session.texts();
    let words = session.words();
    // Without a week nothing here would do anything.
    let Some(view) = session.week.clone() else {
        return html! { <header><h1 class="title-button">{texts.get("app-name")}</h1></header> };
    };
    let history = &view.history;
    let hint = |with: &str, without: &str, what: Option<String>| match what {
        Some(what) => texts.with(with, [("what", what.into())]),
        None => texts.get(without),
    };
    let undo_hint =
        hint("header-undo-what", "header-undo", history.undo.as_ref().map(|step| session.told(&step.summary)));
    let redo_hint =
        hint("header-redo-what", "header-redo", history.redo.as_ref().map(|step| session.told(&step.summary)));
    let act = |then: fn(&Session)| {
        let session = session.clone();
        Callback::from(move |()| then(&session))
    };
    let click = |then: fn(&Session)| {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| then(&session))
    };
    let is_week = view.view == View::Week;
    // Its day in the middle names the month of a week that lies in two.
    let middle = view.window.dates().nth(3).unwrap_or(view.window.from());
    html! {
        <header>
            <IconButton class="side-toggle" icon={Icon::Side} label={texts.get("header-side")} pressed={session.is_side_open}
                onclick={act(|session| session.dispatch(Action::Side(!session.is_side_open)))} />
            <button type="button" class="quiet" onclick={click(Session::go_to_today)} title={texts.get("header-today-hint")}>
                {texts.get("header-today")}
            </button>
            <div class="pair">
                <IconButton icon={Icon::Previous} label={texts.get("header-previous")} onclick={act(|session| session.go_by(-1))} />
                <IconButton icon={Icon::Next} label={texts.get("header-next")} onclick={act(|session| session.go_by(1))} />
            </div>
            <h1>
                <button type="button" class="title-button" aria-expanded={session.is_going_to.to_string()}
                    title={texts.get("header-go-to")} onclick={click(|session| session.dispatch(Action::GoTo(!session.is_going_to)))}>
                    {if is_week { words.week(view.window) } else { words.month_of(middle) }}
                </button>
                if is_week {
                    <small>{texts.with("week-number", [("number", view.window.from().iso_week_of_week_start().into())])}</small>
                }
            </h1>
            if session.is_going_to { <GoTo /> }
            <div class="grow"></div>
            <Status />
            <div class="views" role="group" aria-label={texts.get("header-views")}>
                { view_button(&session, View::Week, Icon::Week, "view-week", "view-week-hint") }
                { view_button(&session, View::Weeks, Icon::Weeks, "view-weeks", "view-weeks-hint") }
            </div>
            <IconButton icon={Icon::Undo} label={texts.get("header-undo")} hint={undo_hint} disabled={history.undo.is_none()}
                onclick={act(|session| session.undo(None))} />
            <IconButton icon={Icon::Redo} label={texts.get("header-redo")} hint={redo_hint} disabled={history.redo.is_none()}
                onclick={act(Session::redo)} />
            <span class="bar" aria-hidden="true"></span>
            <IconButton icon={Icon::Settings} label={texts.get("header-settings")} pressed={session.panel == Panel::Settings}
                onclick={act(|session| session.toggle(Panel::Settings))} />
            <IconButton icon={Icon::Help} label={texts.get("header-help")} pressed={session.panel == Panel::Help}
                onclick={act(|session| session.toggle(Panel::Help))} />
            <button type="button" class="primary new" onclick={click(Session::begin_at_cursor)} title={texts.get("header-new-hint")}
                aria-label={texts.get("header-new")}>
                {Icon::Plus}<span class="new-label">{texts.get("header-new")}</span>
            </button>
        </header>
    }
}

fn view_button(session: &Session, view: View, icon: Icon, name: &str, hint: &str) -> Html {
    let onclick = {
        let session = session.clone();
        move |_| session.look_at(view)
    };
    let is_on = session.view() == view;
    let (name, hint) = (session.texts().get(name), session.texts().get(hint));
    html! {
        <button type="button" {onclick} aria-pressed={is_on.to_string()} aria-label={name.clone()} title={hint}>
            {icon}<span class="view-label">{name}</span>
        </button>
    }
}

/// Whether all is kept, here and on the server. It leads to the account.
#[component]
fn Status() -> Html {
    let session = use_session();
    let texts = session.texts();
    let (mood, text) = match (session.is_saving, session.trouble.is_some() || session.refusal.is_some()) {
        (true, _) => (Mood::Busy, texts.get("status-saving")),
        (false, true) => (Mood::Needed, texts.get("status-trouble")),
        (false, false) => account::briefly(&session.sync, &session.words()),
    };
    let onclick = {
        let session = session.clone();
        move |_| session.toggle(Panel::Account)
    };
    html! {
        <button type="button" class={classes!("status", mood.class())} {onclick} aria-pressed={(session.panel == Panel::Account).to_string()}
            title={texts.get("header-account-hint")}>
            <span class="dot" aria-hidden="true"></span>
            <span class="status-text" role="status">{text}</span>
        </button>
    }
}

/// The field to go to a date.
#[component]
fn GoTo() -> Html {
    let session = use_session();
    let typed = use_state(String::new);
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| {
            let input = node.cast::<web_sys::Element>().and_then(|it| it.query_selector("input").ok().flatten());
            if let Some(input) = input.and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(it).ok()) {
                // Focus fails only for an element that is gone, and then nothing is lost.
                let _ = input.focus();
            }
        }
    });
    let words = session.words();
    let date = words.read_date(&typed, session.today());
    let problem = (!typed.is_empty() && date.is_none()).then(|| AttrValue::from(words.texts.get("problem-date")));
    let go = {
        let session = session.clone();
        move |date| {
            session.go_to(Some(date));
            session.dispatch(Action::GoTo(false));
        }
    };
    let oninput = {
        let (typed, words, today, go) = (typed.clone(), words.clone(), session.today(), go.clone());
        Callback::from(move |value: String| {
            // A whole date that was not typed letter by letter was picked or stepped to.
            let is_picked = value.len() > typed.len() + 1;
            match words.read_date(&value, today) {
                Some(date) if is_picked => go(date),
                _ => typed.set(value),
            }
        })
    };
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(date) = date {
            go(date);
        }
    };
    let onkeydown = {
        let session = session.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                session.dispatch(Action::GoTo(false));
            }
        }
    };
    html! {
        <form class="go-to popover" ref={node} {onsubmit} {onkeydown} novalidate=true>
            <DateField id="go-to-date" label={words.texts.get("header-go-to")} value={(*typed).clone()} {problem} {oninput}
                placeholder={words.date_medium(session.today())} today={session.today()} first_weekday={session.first_weekday()} words={words.clone()} />
        </form>
    }
}
