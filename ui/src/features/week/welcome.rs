//! What stands on a week without any slot.

use yew::prelude::*;

use crate::features::settings::ImportButton;
use crate::session::use_session;

/// What to do with an empty week.
#[component]
pub fn Welcome() -> Html {
    let session = use_session();
    let texts = session.texts();
    html! {
        <div class="welcome">
            <h2>{texts.get("week-empty-title")}</h2>
            <p>{texts.get("week-empty-text")}</p>
            <ImportButton label={texts.get("week-empty-import")} />
        </div>
    }
}
