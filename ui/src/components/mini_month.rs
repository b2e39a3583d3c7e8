//! A small month to choose a date in.

use weekwise_domain::{Date, DateRange, Weekday};
use yew::prelude::*;

use super::icon::{Icon, IconButton};
use crate::words::Words;

/// The properties of a month.
#[derive(Properties, PartialEq)]
pub struct MiniMonthProps {
    /// A date of the month that is shown first; another one turns the page.
    pub shown: Date,
    /// Today.
    pub today: Date,
    /// The date that is chosen.
    #[prop_or_default]
    pub chosen: Option<Date>,
    /// The dates that are marked.
    #[prop_or_default]
    pub marked: Option<DateRange>,
    /// The day on which weeks begin.
    pub first_weekday: Weekday,
    /// How dates are written.
    pub words: Words,
    /// A date was chosen.
    pub onpick: Callback<Date>,
}

fn first_of_month(date: Date) -> Date {
    let (year, month, _) = date.ymd();
    Date::from_ymd(year, month, 1).unwrap_or(date)
}

fn plus_months(first: Date, months: i32) -> Option<Date> {
    let (year, month, _) = first.ymd();
    let count = year * 12 + i32::try_from(month).ok()? - 1 + months;
    Date::from_ymd(count.div_euclid(12), u32::try_from(count.rem_euclid(12)).ok()? + 1, 1)
}

/// A small month: six weeks, the dates as buttons with one tab stop, arrows to move.
#[component]
pub fn MiniMonth(props: &MiniMonthProps) -> Html {
    let page = use_state_eq(|| first_of_month(props.shown));
    let active = use_state_eq(|| props.shown);
    let moved_by_key = use_mut_ref(|| false);
    let active_node = use_node_ref();
    use_effect_with(props.shown, {
        let (page, active) = (page.clone(), active.clone());
        move |shown| {
            page.set(first_of_month(*shown));
            active.set(*shown);
        }
    });
    use_effect_with(*active, {
        let (node, moved) = (active_node.clone(), moved_by_key.clone());
        move |_| {
            if moved.replace(false)
                && let Some(element) = node.cast::<web_sys::HtmlElement>()
            {
                // Focus fails only for an element that is gone, and then nothing is lost.
                let _ = element.focus();
            }
        }
    });
    let turn = |months: i32| {
        let (page, active) = (page.clone(), active.clone());
        Callback::from(move |()| {
            if let Some(first) = plus_months(*page, months) {
                page.set(first);
                active.set(first);
            }
        })
    };
    let onkeydown = {
        let (page, active) = (page.clone(), active.clone());
        move |event: KeyboardEvent| {
            let target = match event.key().as_str() {
                "ArrowLeft" => active.plus_days(-1),
                "ArrowRight" => active.plus_days(1),
                "ArrowUp" => active.plus_days(-7),
                "ArrowDown" => active.plus_days(7),
                "PageUp" => plus_months(first_of_month(*active), -1),
                "PageDown" => plus_months(first_of_month(*active), 1),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(date) = target {
                *moved_by_key.borrow_mut() = true;
                page.set(first_of_month(date));
                active.set(date);
            }
        }
    };
    let words = &props.words;
    let start = page.week_start(props.first_weekday);
    let texts = &words.texts;
    html! {
        <div class="mini-month">
            <div class="mini-head">
                <span aria-live="polite">{words.month_of(*page)}</span>
                <IconButton icon={Icon::Previous} label={texts.get("month-previous")} onclick={turn(-1)} />
                <IconButton icon={Icon::Next} label={texts.get("month-next")} onclick={turn(1)} />
            </div>
            <div class="mini-days" {onkeydown}>
                { for Weekday::all_from(props.first_weekday).into_iter().map(|day| html! {
                    <span class="mini-weekday" aria-hidden="true">{words.weekday_letter(day)}</span>
                }) }
                { for (0..42).filter_map(|i| start.plus_days(i)).map(|date| {
                    let is_active = date == *active;
                    let in_month = first_of_month(date) == *page;
                    let onclick = { let onpick = props.onpick.clone(); move |_| onpick.emit(date) };
                    let class = classes!(
                        (!in_month).then_some("out"),
                        props.marked.is_some_and(|range| range.contains(date)).then_some("marked"),
                        (date == props.today).then_some("today"),
                        (Some(date) == props.chosen).then_some("chosen"),
                    );
                    html! {
                        <button key={date.to_string()} type="button" {class} {onclick} tabindex={if is_active { "0" } else { "-1" }}
                            ref={if is_active { active_node.clone() } else { NodeRef::default() }}
                            aria-pressed={(Some(date) == props.chosen).then_some("true")}
                            aria-current={(date == props.today).then_some("date")} aria-label={words.date_long(date)}>
                            {date.ymd().2}
                        </button>
                    }
                }) }
            </div>
        </div>
    }
}
