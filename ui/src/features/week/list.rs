//! The week as a list of days, where the window is too narrow for columns.

use yew::prelude::*;

use super::{WeekProps, shown_dates, slots::slots_of};
use crate::components::{Icon, after_paint};
use crate::session::use_session;

/// A week as a list of days.
#[component]
pub fn WeekList(props: &WeekProps) -> Html {
    let session = use_session();
    let view = &props.view;
    let words = session.words();
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| after_paint(move || super::mark_painted(&node))
    });
    html! {
        <div class="week-list" ref={node}>
            { for shown_dates(view.window, view.settings.hide_weekend).into_iter().map(|date| {
                let add = {
                    let session = session.clone();
                    move |_| session.begin_on(date)
                };
                let label = words.texts.with("week-add-on", [("date", words.date_long(date).into())]);
                html! {
                    <section key={date.to_string()} class={classes!("day-card", (date == session.today()).then_some("today"))}>
                        <h2>{words.date_short(date)}</h2>
                        <button type="button" class="icon-button add" onclick={add} title={label.clone()} aria-label={label}>{Html::from(Icon::Plus)}</button>
                        {slots_of(date, view.window, &view.blocks, &session)}
                    </section>
                }
            }) }
        </div>
    }
}
