//! Help: the keys, and where the data lies.

use yew::prelude::*;

use crate::session::use_session;

/// The keys and what they do, by message.
const KEYS: &[(&[&str], &str)] = &[
    (&["C"], "key-new"),
    (&["T"], "key-today"),
    (&["J", "K"], "key-weeks"),
    (&["G"], "key-go-to"),
    (&["V"], "key-view"),
    (&["←", "↑", "↓", "→"], "key-arrows"),
    (&["Enter"], "key-open"),
    (&["Ctrl Enter"], "key-save"),
    (&["Delete"], "key-cancel"),
    (&["Ctrl Z"], "key-undo"),
    (&["Ctrl Shift Z"], "key-redo"),
    (&["A"], "key-account"),
    (&["S"], "key-changes"),
    (&[","], "key-settings"),
    (&["?"], "key-help"),
    (&["Esc"], "key-close"),
];

/// Help.
#[component]
pub fn HelpPanel() -> Html {
    let session = use_session();
    let texts = session.texts();
    let words = session.words();
    let open = {
        let session = session.clone();
        move |_| session.open_data_folder()
    };
    html! {
        <div class="help">
            <h3>{texts.get("help-shortcuts")}</h3>
            <dl class="keys">
                { for KEYS.iter().map(|(keys, id)| html! {
                    <div key={*id}>
                        <dt>{ for keys.iter().map(|key| html! { <kbd>{key}</kbd> }) }</dt>
                        <dd>{texts.get(id)}</dd>
                    </div>
                }) }
            </dl>
            if let Some(about) = &session.about {
                <h3>{texts.get("help-data")}</h3>
                <dl class="facts">
                    <dt>{texts.get("help-file")}</dt>
                    <dd class="path">{&about.file}</dd>
                    <dt>{texts.get("help-snapshot")}</dt>
                    <dd>
                        { match &about.last_snapshot {
                            Some(snapshot) => format!("{}, {}", words.date_medium(snapshot.date), words.time(snapshot.minute)),
                            None => texts.get("help-snapshot-none"),
                        } }
                    </dd>
                </dl>
                if about.snapshots > 0 {
                    <p class="hint">{texts.with("help-snapshots", [("n", about.snapshots.into())])}</p>
                }
                <button type="button" class="quiet" onclick={open}>{texts.get("help-open-folder")}</button>
                <p class="hint">{texts.with("help-version", [("version", about.version.as_str().into())])}</p>
            }
        </div>
    }
}
