//! Where the person is signed in.

use weekwise_protocol::{Now, SignedInDevice, SyncState};
use yew::prelude::*;

use super::refusal;
use crate::session::use_session;
use crate::state::AccountPlace;
use crate::words::Words;

/// The list. It is read whenever it is opened.
#[component]
pub fn Devices() -> Html {
    let session = use_session();
    let words = session.words();
    let texts = session.texts();
    let ontoggle = {
        let session = session.clone();
        move |event: Event| {
            let is_open = event.target().is_some_and(|it| {
                js_sys::Reflect::get(&it, &"open".into()).ok().and_then(|open| open.as_bool()).unwrap_or_default()
            });
            if is_open {
                session.read_devices();
            }
        }
    };
    let is_away = session.devices.is_none() && session.sync.state == SyncState::Offline;
    let body = match session.devices.as_deref() {
        None if is_away => {
            html! { <p class="quiet">{texts.get("devices-offline")}</p> }
        }
        None => html! { <p class="quiet">{texts.get("editor-loading")}</p> },
        Some(devices) => html! {
            <ul class="devices">
                { for devices.iter().map(|device| {
                    let end = {
                        let (session, id) = (session.clone(), device.id.clone());
                        move |_| session.end_device(id.clone())
                    };
                    html! {
                        <li key={device.id.clone()}>
                            <div class="what">
                                <b>{&device.name}</b>
                                <span>{used(device, &words)}</span>
                            </div>
                            if !device.is_this {
                                <button type="button" class="quiet" onclick={end}
                                    aria-label={texts.with("devices-end-what", [("name", device.name.as_str().into())])}>{texts.get("devices-end")}</button>
                            }
                        </li>
                    }
                }) }
            </ul>
        },
    };
    html! {
        <details class="folded" {ontoggle}>
            <summary>{texts.get("devices-title")}</summary>
            if !is_away { { refusal(&session, AccountPlace::Devices, &words) } }
            {body}
        </details>
    }
}

fn used(device: &SignedInDevice, words: &Words) -> String {
    let texts = &words.texts;
    let at = |moment: Now| format!("{}, {}", words.date_medium(moment.date), words.time(moment.minute));
    match device.is_this {
        true => texts.get("devices-this"),
        false => texts.with("devices-used", [("since", at(device.since).into()), ("when", at(device.used).into())]),
    }
}
