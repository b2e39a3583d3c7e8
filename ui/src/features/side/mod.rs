//! The bar at the side: a month to find one's way in, and what differs from usual this week.

mod differs;

use weekwise_domain::Date;
use weekwise_protocol::SyncState;
use yew::prelude::*;

use crate::components::{Icon, MiniMonth};
use crate::session::use_session;
use crate::state::{Action, Panel};
use differs::Differs;

/// The bar at the side.
#[component]
pub fn Side() -> Html {
    let session = use_session();
    let Some(view) = session.week.clone() else { return html! {} };
    let words = session.words();
    let texts = &words.texts;
    let onpick = {
        let session = session.clone();
        Callback::from(move |date: Date| {
            session.go_to(Some(date));
            session.dispatch(Action::Side(false));
        })
    };
    let open_changes = {
        let session = session.clone();
        move |_| session.toggle(Panel::Changes)
    };
    let open_trash = {
        let session = session.clone();
        move |_| session.toggle(Panel::Trash)
    };
    let shown = if view.window.contains(session.today()) { session.today() } else { view.window.from() };
    html! {
        <nav class={classes!("side", session.is_side_open.then_some("open"))} aria-label={texts.get("header-side")}>
            <MiniMonth {shown} today={session.today()} marked={view.window} first_weekday={session.first_weekday()}
                words={words.clone()} {onpick} />
            <Differs view={view.clone()} words={words.clone()} />
            if !view.over_limit.is_empty() {
                <h2>{texts.get("over-limit-title")}</h2>
                <ul class="over-limit">
                    { for view.over_limit.iter().map(|over| {
                        let values = [
                            ("weekday", words.weekday(over.weekday).into()),
                            ("slots", over.slots.into()),
                            ("limit", i64::from(view.settings.slot_limit.number()).into()),
                        ];
                        html! { <li key={over.weekday.number()}>{texts.with("over-limit", values)}</li> }
                    }) }
                </ul>
            }
            <div class="grow"></div>
            if session.sync.state != SyncState::Local {
                <button type="button" class={classes!("side-link", (session.panel == Panel::Changes).then_some("on"))} onclick={open_changes}
                    aria-pressed={(session.panel == Panel::Changes).to_string()}>
                    {Icon::Sync}<span>{texts.get("changes-title")}</span>
                    if session.sync.unseen > 0 { <span class="count news">{session.sync.unseen}</span> }
                </button>
            }
            <button type="button" class={classes!("side-link", (session.panel == Panel::Trash).then_some("on"))} onclick={open_trash}
                aria-pressed={(session.panel == Panel::Trash).to_string()}>
                {Icon::Trash}<span>{texts.get("header-trash")}</span>
                if view.in_trash > 0 { <span class="count">{view.in_trash}</span> }
            </button>
        </nav>
    }
}
