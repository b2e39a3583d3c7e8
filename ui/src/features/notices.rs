//! What the person should know: what happened at the start, and why the week in view is not a fresh one.

use weekwise_protocol::Notice;
use yew::prelude::*;

use crate::components::{Icon, IconButton};
use crate::features::failure;
use crate::session::use_session;
use crate::state::Action;

/// The notices that were not dismissed.
#[component]
pub fn Notices() -> Html {
    let session = use_session();
    let Some(view) = &session.week else { return html! {} };
    let fresh: Vec<&Notice> = view.notices.iter().skip(session.dismissed_notices).collect();
    if let Some(error) = &session.trouble {
        return html! {
            <div class="notices" role="alert">
                {Icon::Warning}
                <div><p>{failure::told(error, &session.words())}</p></div>
            </div>
        };
    }
    if fresh.is_empty() {
        return html! {};
    }
    let dismiss = {
        let session = session.clone();
        move |()| session.dispatch(Action::DismissNotices)
    };
    let words = session.words();
    let texts = session.texts();
    html! {
        <div class="notices" role="alert">
            {Icon::Warning}
            <div>
                { for fresh.into_iter().map(|notice| html! {
                    <p>{ match notice {
                        Notice::RestoredFromSnapshot { taken, set_aside } => texts.with("notice-restored", [
                            ("date", words.date_medium(taken.date).into()),
                            ("time", words.time(taken.minute).into()),
                            ("file", set_aside.as_str().into()),
                        ]),
                        Notice::RestoredMissing { taken } => texts.with("notice-missing", [
                            ("date", words.date_medium(taken.date).into()),
                            ("time", words.time(taken.minute).into()),
                        ]),
                        Notice::StartedAfresh { set_aside } => texts.with("notice-afresh", [("file", set_aside.as_str().into())]),
                        Notice::SnapshotFailed { detail } => texts.with("notice-snapshot", [("detail", detail.as_str().into())]),
                    } }</p>
                }) }
            </div>
            <IconButton icon={Icon::Close} label={texts.get("toast-dismiss")} onclick={dismiss} />
        </div>
    }
}
