//! All slots of one date, where the grid has no room for them.

use weekwise_domain::Date;
use yew::prelude::*;

use super::week::slots_of;
use crate::session::use_session;

/// The properties of the day.
#[derive(Properties, PartialEq)]
pub struct DayProps {
    /// The date.
    pub date: Date,
}

/// All slots of one date.
#[component]
pub fn Day(props: &DayProps) -> Html {
    let session = use_session();
    match &session.week {
        Some(view) => {
            html! { <div class="day-panel">{slots_of(props.date, view.window, &view.blocks, &session)}</div> }
        }
        None => html! {},
    }
}
