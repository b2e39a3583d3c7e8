//! A week as a row of day cards.

use std::rc::Rc;

use weekwise_domain::{Date, DateRange, TimeRange, Weekday};
use weekwise_protocol::{SlotRequest, Standing, Week};
use yew::prelude::*;

use super::keys::{Layout, place_of};
use crate::components::Icon;
use crate::features::week::{Listing, Opened, entries_on, key_of, shown_dates};
use crate::state::Mark;
use crate::words::Words;

/// A new slot that is being made, as its card shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// The date on which it stands.
    pub date: Date,
    /// From when to when.
    pub time: TimeRange,
    /// Its title, if one is typed.
    pub title: String,
    /// The name of its colour.
    pub color: &'static str,
}

/// The properties of a week. All are cheap to compare, so that scrolling draws only weeks that are new.
#[derive(Properties, PartialEq)]
pub struct WeekCardsProps {
    /// The week.
    pub week: Rc<Week>,
    /// How the cards stand.
    pub layout: Layout,
    /// Today.
    pub today: Date,
    /// How dates and times are written.
    pub words: Words,
    /// The open slot, if it is one of this week.
    pub open: Option<SlotRequest>,
    /// Those of this week with something typed and not saved.
    pub unsaved: Vec<SlotRequest>,
    /// Where the keyboard stands, if in this week.
    pub stop: Option<(Date, Mark)>,
    /// The new slot, if it is in this week.
    pub begun: Option<Begun>,
    /// A slot was opened.
    pub onopen: Callback<Opened>,
    /// A slot is to be added on a date.
    pub onadd: Callback<Date>,
    /// The new slot was opened.
    pub onbegun: Callback<()>,
}

/// A week: its heading and its day cards.
#[component]
pub fn WeekCards(props: &WeekCardsProps) -> Html {
    let WeekCardsProps { week, layout, today, words, .. } = props;
    let texts = &words.texts;
    let window = week.window;
    let id = format!("week-{}", window.from());
    let changed = week.blocks.iter().filter(|block| block.standing != Standing::Usual).count();
    let dates = shown_dates(window, layout.hide_weekend);
    let (number, of_all) = numbered(window, layout.first_weekday);
    let number_of_week = window.from().iso_week_of_week_start();
    html! {
        <article class={classes!("week", window.contains(*today).then_some("this"))} data-week={window.from().to_string()}
            aria-labelledby={id.clone()} aria-posinset={number.to_string()} aria-setsize={of_all.to_string()}>
            <div class="week-head">
                <h2 {id}>{words.week(window)}{" "}<small>{texts.with("week-number", [("number", number_of_week.into())])}</small></h2>
                if window.contains(*today) { <span class="now">{texts.get("weeks-this-week")}</span> }
                if changed > 0 { <span class="diff">{texts.with("week-changed-count", [("n", changed.into())])}</span> }
            </div>
            <div class={classes!("week-days", if layout.hide_weekend { "days-5" } else { "days-7" })}>
                { for dates.into_iter().enumerate().map(|(i, date)| day(props, date, i == 0)) }
            </div>
        </article>
    }
}

/// The how manieth of how many kept weeks a week is, from 1 on.
fn numbered(window: DateRange, first_weekday: Weekday) -> (i32, i32) {
    let first = DateRange::week_of(Date::MIN, first_weekday).to().day_number();
    // The last week may be short.
    let number = |last: Date| (last.day_number() - first + 6) / 7 + 1;
    (number(window.to()), number(Date::MAX))
}

fn day(props: &WeekCardsProps, date: Date, is_first: bool) -> Html {
    let WeekCardsProps { week, layout, today, words, open, unsaved, stop, begun, onopen, onadd, onbegun } = props;
    let texts = &words.texts;
    let entries = entries_on(&week.blocks, date);
    let slots: Vec<SlotRequest> = entries.iter().map(|entry| entry.slot()).collect();
    let mark = stop.filter(|(on, _)| *on == date).map(|(_, mark)| mark);
    let place = mark.map(|mark| place_of(mark, &slots));
    let is_stop = |at: Option<usize>| place == Some(at);
    let listing = Listing { window: week.window, words, open: *open, unsaved, onopen };
    let mut rows: Vec<(TimeRange, String, Html)> = entries
        .iter()
        .enumerate()
        .map(|(i, entry)| (entry.time(), key_of(*entry), listing.button(date, *entry, Some(is_stop(Some(i))))))
        .collect();
    if let Some(begun) = begun.as_ref().filter(|begun| begun.date == date) {
        rows.push((begun.time, "begun".to_owned(), new_slot(begun, words, onbegun)));
        rows.sort_by_key(|(time, ..)| *time);
    }
    let is_today = date == *today;
    let long = words.date_long(date);
    let add_label = texts.with("week-add-on", [("date", long.clone().into())]);
    let tabindex = if is_stop(None) { "0" } else { "-1" };
    // In a short week at the end of the kept years, each day stands below its like.
    let column = (is_first && !layout.is_list).then(|| column_of(date, *layout)).filter(|column| *column > 1);
    html! {
        <div key={date.to_string()} role="group" aria-label={long.clone()} data-date={date.to_string()}
            class={classes!("day-card", is_today.then_some("today"), column.map(|column| format!("column-{column}")))}>
            <h3 aria-current={is_today.then_some("date")}>
                <span class="visually-hidden">{long}</span>
                <span class="short" aria-hidden="true">{short(date, layout.is_list, words)}</span>
            </h3>
            <button type="button" class={classes!("add", (!layout.is_list).then_some("icon-button"))} {tabindex} onclick={onadd.reform(move |_| date)}
                title={add_label.clone()} aria-label={add_label}>
                {Icon::Plus}
                if layout.is_list { <span>{texts.get("week-add")}</span> }
            </button>
            if !rows.is_empty() {
                <ul class="day-slots">{ for rows.into_iter().map(|(_, key, row)| html! { <li {key}>{row}</li> }) }</ul>
            }
        </div>
    }
}

/// "Mon 23", with the month where it begins; in a list always.
fn short(date: Date, is_list: bool, words: &Words) -> Html {
    if is_list {
        return html! { {words.date_short(date)} };
    }
    let (_, month, day) = date.ymd();
    html! {
        <>
            <span class="weekday">{words.weekday_short(date.weekday())}</span>{" "}<b>{day}</b>
            if day == 1 { {" "}<span class="month">{words.month_short(month)}</span> }
        </>
    }
}

/// The column of a date, from 1 on.
fn column_of(date: Date, layout: Layout) -> usize {
    let days = Weekday::all_from(layout.first_weekday).into_iter();
    let shown = days.filter(|day| !layout.hide_weekend || !day.is_weekend());
    shown.take_while(|day| *day != date.weekday()).count() + 1
}

fn new_slot(begun: &Begun, words: &Words, onbegun: &Callback<()>) -> Html {
    let Begun { time, title, color, .. } = begun;
    let title = if title.is_empty() { words.texts.get("editor-new") } else { title.clone() };
    html! {
        <button type="button" class={classes!("slot", "listed", "draft", *color)} tabindex="-1" onclick={onbegun.reform(|_| ())}>
            <b>{title}</b>{" "}
            <span class="unsaved">{words.texts.get("block-new")}</span>{" "}
            <span class="when"><span>{words.time(time.start())}</span><span class="ends">{"–"}{words.time(time.end())}</span></span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_weeks_are_numbered_through() {
        for first in [Weekday::MONDAY, Weekday::SUNDAY] {
            let mut week = DateRange::week_of(Date::MIN, first);
            let mut expected = 1;
            while let Some(next) = week.to().plus_days(1) {
                assert_eq!(numbered(week, first).0, expected);
                week = DateRange::week_of(next, first);
                expected += 1;
            }
            assert_eq!(numbered(week, first), (expected, expected));
        }
    }

    #[test]
    fn a_short_week_leaves_out_the_days_that_it_lacks() {
        let layout = Layout { is_list: false, hide_weekend: false, first_weekday: Weekday::SUNDAY };
        assert_eq!(column_of(Date::MIN, layout), 2);
        assert_eq!(column_of(Date::MIN, Layout { hide_weekend: true, ..layout }), 1);
    }
}
