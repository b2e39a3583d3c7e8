//! Deleted series: back into the week, or gone for good.

use yew::prelude::*;

use crate::session::use_session;

/// The trash.
#[component]
pub fn TrashPanel() -> Html {
    let session = use_session();
    let Some(trash) = session.trash.clone() else {
        return html! { <p class="quiet">{session.texts().get("editor-loading")}</p> };
    };
    let words = session.words();
    let texts = session.texts();
    if trash.is_empty() {
        return html! { <p class="quiet">{texts.get("trash-empty")}</p> };
    }
    html! {
        <ul class="trash">
            { for trash.iter().map(|series| {
                let row = &series.schedule;
                let series_id = row.pattern.series_id;
                let title = if row.details.title.is_empty() { texts.get("block-untitled") } else { row.details.title.to_string() };
                let pattern = [("weekdays", words.weekdays(row.pattern.day_of_week).into()), ("time", words.times(row.pattern.time).into())];
                let restore = { let session = session.clone(); move |_| session.restore_series(series_id) };
                let purge = { let session = session.clone(); move |_| session.purge_series(series_id) };
                html! {
                    <li key={series_id.to_string()}>
                        <span class={classes!("sample", row.details.color.name())} aria-hidden="true"></span>
                        <div class="what">
                            <b>{&title}</b>
                            <span>{texts.with("editor-pattern", pattern)}</span>
                            if series.exceptions > 0 {
                                <span>{texts.with("trash-exceptions", [("n", series.exceptions.into())])}</span>
                            }
                        </div>
                        <div class="acts">
                            <button type="button" class="quiet" onclick={restore}
                                aria-label={texts.with("trash-restore-what", [("title", title.as_str().into())])}>{texts.get("trash-restore")}</button>
                            <button type="button" class="quiet danger" onclick={purge}
                                aria-label={texts.with("trash-purge-what", [("title", title.as_str().into())])}>{texts.get("trash-purge")}</button>
                        </div>
                    </li>
                }
            }) }
        </ul>
    }
}
