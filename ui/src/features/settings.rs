//! What a person can set, each stored at once and undone like any edit.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use weekwise_domain::{Clock, Setting, SlotLimit, Theme, TimeZone, Weekday};
use weekwise_protocol::Failure;
use yew::prelude::*;

use crate::components::{Choice, Segments, SelectField};
use crate::features::failure;
use crate::ipc::CallError;
use crate::session::use_session;

/// How many bad places of a file are listed.
const SHOWN_PROBLEMS: usize = 20;

/// The settings.
#[component]
pub fn SettingsPanel() -> Html {
    let session = use_session();
    let Some(view) = session.week.clone() else { return html! {} };
    let words = session.words();
    let texts = session.texts();
    let settings = &view.settings;
    let set = |read: fn(String) -> Option<Setting>| {
        let session = session.clone();
        Callback::from(move |value: String| {
            if let Some(setting) = read(value) {
                session.set(setting);
            }
        })
    };
    let as_system = |value: String| Choice::new("", texts.with("settings-system", [("value", value.into())]));
    let clock_name = |clock: Clock| texts.get(if clock == Clock::H24 { "clock-h24" } else { "clock-h12" });

    let days = Weekday::all_from(Weekday::MONDAY).into_iter().map(|day| Choice::new(day.number(), words.weekday(day)));
    let system_day = words.weekday(view.system.first_weekday);
    let first_weekdays: Vec<_> = std::iter::once(as_system(system_day)).chain(days).collect();
    let first_weekday = settings.first_weekday.map(|day| day.number().to_string()).unwrap_or_default();

    let clocks = vec![
        as_system(clock_name(view.system.clock)),
        Choice::new("h24", clock_name(Clock::H24)),
        Choice::new("h12", clock_name(Clock::H12)),
    ];
    let clock = settings.clock.map_or("", |clock| if clock == Clock::H24 { "h24" } else { "h12" });

    let zones = session.time_zones.iter().flat_map(|zones| zones.iter()).map(|zone| Choice::new(zone, zone.clone()));
    let zones: Vec<_> = std::iter::once(as_system(view.system.time_zone.clone())).chain(zones).collect();
    let zone = settings.time_zone.as_ref().map(ToString::to_string).unwrap_or_default();

    let themes = [("system", "theme-system"), ("light", "theme-light"), ("dark", "theme-dark")];
    let themes = themes.map(|(value, id)| (Choice::new(value, texts.get(id)), None)).to_vec();
    let theme = match settings.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let limits: Vec<_> = (1..=SlotLimit::MAX.number()).map(|n| Choice::new(n, n.to_string())).collect();
    let hide_weekend = {
        let (session, hidden) = (session.clone(), settings.hide_weekend);
        move |_| session.set(Setting::HideWeekend(!hidden))
    };
    let export = {
        let session = session.clone();
        move |_| session.export()
    };
    html! {
        <div class="settings">
            {problems(session.refusal.as_deref(), &words)}
            <SelectField id="set-first-weekday" label={texts.get("settings-first-weekday")} choices={first_weekdays} value={first_weekday}
                onchange={set(|value| {
                    let day = value.parse::<u8>().ok().and_then(|day| Weekday::try_from(day).ok());
                    Some(Setting::FirstWeekday(day))
                })} />
            <SelectField id="set-clock" label={texts.get("settings-clock")} choices={clocks} value={clock}
                onchange={set(|value| Some(Setting::Clock(match value.as_str() {
                    "h12" => Some(Clock::H12),
                    "h24" => Some(Clock::H24),
                    _ => None,
                })))} />
            <Segments name="set-theme" label={texts.get("settings-theme")} choices={themes} value={theme}
                onchange={set(|value| Some(Setting::Theme(match value.as_str() {
                    "light" => Theme::Light,
                    "dark" => Theme::Dark,
                    _ => Theme::System,
                })))} />
            <label class="check">
                <input type="checkbox" checked={settings.hide_weekend} onchange={hide_weekend} />
                <span>{texts.get("settings-hide-weekend")}</span>
            </label>
            <SelectField id="set-slot-limit" label={texts.get("settings-slot-limit")} choices={limits}
                value={settings.slot_limit.number().to_string()} hint={texts.get("settings-slot-limit-hint")}
                onchange={set(|value| SlotLimit::try_from(value.parse::<i64>().ok()?).ok().map(Setting::SlotLimit))} />
            <SelectField id="set-time-zone" label={texts.get("settings-time-zone")} choices={zones} value={zone}
                hint={texts.get("settings-time-zone-hint")}
                onchange={set(|value| match value.as_str() {
                    "" => Some(Setting::TimeZone(None)),
                    _ => TimeZone::try_from(value).ok().map(|zone| Setting::TimeZone(Some(zone))),
                })} />
            <h3>{texts.get("settings-data")}</h3>
            <ImportButton label={texts.get("settings-import")} />
            <p class="hint">{texts.get("settings-import-hint")}</p>
            <button type="button" class="quiet" onclick={export}>{texts.get("settings-export")}</button>
            <p class="hint">{texts.get("settings-export-hint")}</p>
        </div>
    }
}

/// Why the last file could not be read in, place by place.
fn problems(error: Option<&CallError>, words: &crate::words::Words) -> Html {
    let Some(error) = error else { return html! {} };
    let texts = &words.texts;
    let places = if let CallError::Failed(Failure::BadFile { problems }) = error { problems.as_slice() } else { &[] };
    let more = places.len().saturating_sub(SHOWN_PROBLEMS);
    html! {
        <div class="refusal" role="alert">
            <p>{failure::told(error, words)}</p>
            <ul>
                { for places.iter().take(SHOWN_PROBLEMS).map(|place| {
                    let values = [("position", place.position.as_str().into()), ("reason", place.reason.as_str().into())];
                    html! { <li>{texts.with("failure-file-place", values)}</li> }
                }) }
                if more > 0 { <li>{texts.with("failure-more", [("n", more.into())])}</li> }
            </ul>
        </div>
    }
}

/// The properties of the button.
#[derive(Properties, PartialEq)]
pub struct ImportButtonProps {
    /// Its words.
    pub label: AttrValue,
}

/// A button that lets a person choose a file, and reads it in.
#[component]
pub fn ImportButton(props: &ImportButtonProps) -> Html {
    let session = use_session();
    let onchange = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let file = input.files().and_then(|files| files.get(0));
        let Some(file) = file else { return };
        let session = session.clone();
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            // The same file can then be chosen again after it was corrected.
            input.set_value("");
            // A file that cannot be read is no text: the reader then says what it lacks.
            session.import(text.unwrap_or_default());
        });
    };
    html! {
        <label class="file-button">
            <input type="file" class="visually-hidden" accept=".json,application/json" {onchange} />
            <span>{props.label.clone()}</span>
        </label>
    }
}
