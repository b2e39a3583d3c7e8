//! What stands on a week without any slot.

use yew::prelude::*;

use crate::features::settings::ImportButton;
use crate::session::use_session;

/// The properties of the welcome.
#[derive(Properties, PartialEq)]
pub struct WelcomeProps {
    /// Whether there are times to click; there are none in a list of days.
    pub has_times: bool,
}

/// What to do with an empty week.
#[component]
pub fn Welcome(props: &WelcomeProps) -> Html {
    let session = use_session();
    let texts = session.texts();
    html! {
        <div class="welcome">
            <h2>{texts.get("week-empty-title")}</h2>
            <p>{texts.get(if props.has_times { "week-empty-text" } else { "week-empty-list" })}</p>
            <ImportButton label={texts.get("week-empty-import")} />
        </div>
    }
}
