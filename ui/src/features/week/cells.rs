//! The grid below the slots: one column a day, one row a half hour, one tab stop in all.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Element;
use weekwise_domain::{Date, Minute};
use weekwise_protocol::WeekView;
use yew::prelude::*;

use super::{changed_on, shown_dates};
use crate::state::{Cursor, ROW_MINUTES, ROWS};
use crate::words::Words;

/// The properties of the heads of the days.
#[derive(Properties, PartialEq)]
pub struct HeadsProps {
    /// The week.
    pub view: Rc<WeekView>,
    /// Today.
    pub today: Date,
    /// How dates are written.
    pub words: Words,
}

/// The heads of the days.
#[component]
pub fn Heads(props: &HeadsProps) -> Html {
    let HeadsProps { view, today, words } = props;
    html! {
        <div class="heads" role="row">
            <div class="corner" role="columnheader"><span class="visually-hidden">{words.texts.get("week-hours")}</span></div>
            { for shown_dates(view.window, view.settings.hide_weekend).into_iter().map(|date| {
                let changed = changed_on(view, date);
                html! {
                    <div key={date.to_string()} role="columnheader" class={classes!("head", (date == *today).then_some("today"))}
                        aria-current={(date == *today).then_some("date")}>
                        <span class="weekday" aria-hidden="true">{words.weekday_short(date.weekday())}</span>
                        <span class="visually-hidden">{words.weekday(date.weekday())}</span>
                        <b>{date.ymd().2}</b>
                        if changed > 0 {
                            <span class="diff">
                                <span class="whole">{words.texts.with("week-changed-count", [("n", changed.into())])}</span>
                                <span class="number" aria-hidden="true">{changed}</span>
                            </span>
                        }
                    </div>
                }
            }) }
        </div>
    }
}

/// The properties of the cells.
#[derive(Properties, PartialEq)]
pub struct CellsProps {
    /// The dates, one a column.
    pub dates: Rc<Vec<Date>>,
    /// The cell that holds the keyboard.
    pub cursor: Option<Cursor>,
    /// Today.
    pub today: Date,
    /// The week, whose slots name the cell that holds the keyboard.
    pub view: Rc<WeekView>,
    /// How dates and times are written.
    pub words: Words,
    /// A cell was clicked, once or (true) twice.
    pub pick: Callback<(Cursor, bool)>,
}

/// The cells.
#[component]
pub fn Cells(props: &CellsProps) -> Html {
    let CellsProps { dates, cursor, today, view, words, pick } = props;
    // One listener for all cells: a week has 336 of them.
    let picked = |twice: bool| {
        let (dates, pick) = (dates.clone(), pick.clone());
        Callback::from(move |event: MouseEvent| {
            // The second click of two comes again as a double click; by then the cells may have moved from under it.
            if !twice && event.detail() > 1 {
                return;
            }
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(cursor) = target.and_then(|cell| cell_at(&cell, &dates)) {
                pick.emit((cursor, twice));
            }
        })
    };
    html! {
        <div class="cells" role="rowgroup" onclick={picked(false)} ondblclick={picked(true)}>
            { for (0..ROWS).map(|row| {
                let minute = Minute::MIDNIGHT.saturating_plus(row * ROW_MINUTES);
                let is_hour = row % 2 == 0;
                html! {
                    <div key={row} class={classes!("row", is_hour.then_some("hour"))} role="row">
                        <div class="hour-label" role="rowheader"><span class={(!is_hour || row == 0).then_some("visually-hidden")}>{words.time(minute)}</span></div>
                        { for dates.iter().enumerate().map(|(column, &date)| {
                            let here = cursor.filter(|cursor| cursor.date == date && cursor.row == row);
                            html! {
                                <div key={column} role="gridcell" class={classes!("cell", (date == *today).then_some("today"))}
                                    data-row={row.to_string()} data-column={column.to_string()}
                                    tabindex={if here.is_some() { "0" } else { "-1" }}
                                    aria-label={here.map(|cursor| label(cursor, view, words))}></div>
                            }
                        }) }
                    </div>
                }
            }) }
        </div>
    }
}

fn cell_at(cell: &Element, dates: &[Date]) -> Option<Cursor> {
    let number = |name: &str| cell.get_attribute(name)?.parse::<usize>().ok();
    Some(Cursor { date: *dates.get(number("data-column")?)?, row: u16::try_from(number("data-row")?).ok()? })
}

fn label(cursor: Cursor, view: &WeekView, words: &Words) -> String {
    let (date, time) = (words.date_long(cursor.date), words.time(cursor.minute()));
    match super::at_cursor(view, cursor) {
        None => words.texts.with("week-cell", [("date", date.into()), ("time", time.into())]),
        Some(block) => {
            let slots = super::face_of(block, view.window, words).label(None);
            words.texts.with("week-cell-slots", [("date", date.into()), ("time", time.into()), ("slots", slots.into())])
        }
    }
}
