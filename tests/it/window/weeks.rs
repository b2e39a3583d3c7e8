//! Weeks one under another: over hundreds of weeks, to both ends of the kept years, and by keys alone.

mod keys;

use serde::Deserialize;
use serde_json::{Value, json};
use weekwise_domain::{Date, Weekday};

use super::dates::{long, medium, monday, plus, short, today};
use super::rows::{exception, folder, slot, stored, with};
use crate::cli::program::Program;
use crate::driver::App;

/// The most weeks that may stand in the page.
const MOST: usize = 15;

/// What scrolling came to.
#[derive(Debug, Deserialize)]
struct Scrolled {
    /// How far the week at the top strayed, in pixels; none when it was taken out of the page.
    strayed: Option<f64>,
    most: usize,
    moved: f64,
    settled: bool,
    weeks: Vec<Date>,
    first: usize,
}

impl App {
    /// Opens the window on a folder and looks at weeks one under another.
    async fn open_on_weeks(program: &Program) -> Self {
        let app = Self::open_on(program).await;
        app.push("Weeks").await;
        app.wait_for(".weeks").await;
        app
    }

    /// Scrolls, and checks what holds however one scrolls: nothing jumps, and the weeks are few and without a gap.
    async fn scroll_weeks(&self, by: i32) -> Scrolled {
        let js = include_str!("weeks/scroll.js");
        let scrolled = self.client().execute_async(js, vec![json!(by)]).await.expect("the script runs");
        let scrolled: Scrolled = serde_json::from_value(scrolled).expect("the script tells what it saw");
        assert!(scrolled.strayed.is_some_and(|pixels| pixels <= 1.0), "the week at the top strayed: {scrolled:?}");
        assert!(scrolled.most <= MOST, "too many weeks: {scrolled:?}");
        assert!(scrolled.settled, "no more weeks came: {scrolled:?}");
        let joins = |pair: &[Date]| pair[0].plus_days(7) == Some(pair[1]);
        assert!(scrolled.weeks.windows(2).all(joins), "weeks are missing: {scrolled:?}");
        scrolled
    }

    /// Waits until the week of a date stands at the top.
    async fn wait_top(&self, date: Date) {
        self.wait_equal("the week at the top", &Some(date.week_start(Weekday::MONDAY)), || self.top()).await;
    }

    async fn top(&self) -> Option<Date> {
        let at_top = self.script(AT_TOP, Vec::new()).await;
        serde_json::from_value(at_top["week"].clone()).ok().filter(|_| at_top["at"] == json!(0))
    }

    /// Goes to a date among the weeks by typing it.
    pub(super) async fn go_among_weeks(&self, date: Date) {
        self.type_date_to_go_to(date).await;
        self.wait_top(date).await;
    }

    /// The cards' slots of a date as they are read out.
    async fn on(&self, date: Date) -> Vec<String> {
        self.labels(&format!("[data-date='{date}'] .day-slots button")).await
    }

    async fn wait_on<S: AsRef<str>>(&self, date: Date, expected: &[S]) {
        let expected: Vec<String> = expected.iter().map(|label| label.as_ref().to_owned()).collect();
        self.wait_equal(&format!("{date}"), &expected, || self.on(date)).await;
    }
}

/// A slot on each Wednesday of all kept years, with some dates that are not as usual.
fn choir() -> Program {
    let wednesday = |weeks: i32| plus(monday(), 7 * weeks + 2);
    folder(
        &[with(slot(1, (3, "18:00", "19:30"), "Choir", "St. Mary", "pink"), json!({ "valid_from": "1900-01-01" }))],
        &[
            exception(1, wednesday(0), "cancelled", json!({ "title": "Holiday" })),
            exception(1, wednesday(1), "override", json!({ "start": "20:00", "end": "21:00" })),
            exception(1, wednesday(2), "override", json!({ "moved_to": plus(wednesday(2), 2).to_string() })),
        ],
    )
}

#[tokio::test]
async fn two_hundred_weeks_both_ways_and_nothing_jumps() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    app.wait_top(today()).await;
    let start = app.scroll_weeks(0).await;
    let mut there = start.weeks[start.first];
    while there < plus(monday(), 200 * 7) {
        let now = app.scroll_weeks(400).await;
        assert!((now.moved - 400.0).abs() < 1.0, "{now:?}");
        there = now.weeks[now.first];
    }
    app.wait_on(there.week_start(Weekday::MONDAY), &[""; 0]).await;
    let wednesday = plus(there, 9);
    app.wait_on(wednesday, &[format!("Choir, 18:00–19:30, St. Mary, {}", short(wednesday))]).await;
    while there > plus(monday(), -200 * 7) {
        let now = app.scroll_weeks(-400).await;
        assert!((now.moved + 400.0).abs() < 1.0, "{now:?}");
        there = now.weeks[now.first];
    }
    app.press("t").await;
    app.wait_top(today()).await;
}

#[tokio::test]
async fn dates_say_what_is_not_as_usual() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    let wednesday = |weeks: i32| plus(monday(), 7 * weeks + 2);
    let [first, second, third, fourth] = [0, 1, 2, 3].map(wednesday);
    let friday = plus(third, 2);
    app.wait_on(first, &[format!("Choir, cancelled, 18:00–19:30, Holiday, St. Mary, {}", short(first))]).await;
    app.wait_on(second, &[format!("Choir, changed, 20:00–21:00, was 18:00–19:30, St. Mary, {}", short(second))]).await;
    app.wait_on(third, &[format!("Choir, moved to {}, 18:00–19:30", short(friday))]).await;
    app.wait_on(friday, &[format!("Choir, changed, 18:00–19:30, was Wednesday, St. Mary, {}", short(friday))]).await;
    app.wait_on(fourth, &[format!("Choir, 18:00–19:30, St. Mary, {}", short(fourth))]).await;

    // This week and today are marked, and each week has its range and its number.
    assert_eq!(app.texts("[aria-current='date'] .visually-hidden").await, [long(today())]);
    assert_eq!(app.texts(".week:has(.now) .now").await, ["This week"]);
    let heading = format!("[data-week='{}'] h2", monday());
    let number = format!("Week {}", monday().iso_week_of_week_start());
    app.wait_for_text(&heading, &number).await;
    app.wait_for_text(&heading, &plus(monday(), 6).ymd().0.to_string()).await;
}

#[tokio::test]
async fn the_first_and_the_last_kept_week_are_the_ends() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    app.go_among_weeks(Date::MIN).await;
    app.wait_for_text("[data-week='1900-01-01'] h2", "1 – 7 January 1900 Week 1").await;
    let first = app.scroll_weeks(-2_000).await;
    assert_eq!(first.weeks[0], Date::MIN);
    app.wait_for_text(".beginning", "1900").await;
    app.press("t").await;
    app.wait_top(today()).await;
    app.go_among_weeks(Date::MIN).await;
    app.press("k").await;
    app.wait_top(Date::MIN).await;
    app.press("j").await;
    app.wait_top("1900-01-08".parse().expect("a date")).await;

    app.go_among_weeks(Date::MAX).await;
    app.wait_for_text("h1", "December 2200").await;
    assert_eq!(app.all("[data-week='2200-12-29'] .day-card").await.len(), 3, "the year ends on a Wednesday");
    app.wait_for_text(".ending", "2200").await;
    app.press("j").await;
    let last = app.scroll_weeks(2_000).await;
    assert_eq!(last.weeks.last(), Some(&"2200-12-29".parse().expect("a date")));
    app.press("k").await;
    app.wait_top("2200-12-22".parse().expect("a date")).await;

    // What is outside is refused where it is typed.
    app.click("h1 button").await;
    app.wait_at_id("go-to-date").await;
    app.type_text("2201-01-01").await;
    app.wait_for_text(".problem", "Write a date").await;
}

#[tokio::test]
async fn slots_are_added_edited_and_cancelled_where_one_is() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    let wednesday: Date = "2031-05-14".parse().expect("a date");
    app.go_among_weeks(wednesday).await;
    let choir = format!("Choir, 18:00–19:30, St. Mary, {}", short(wednesday));
    app.wait_on(wednesday, &[&choir]).await;

    // The button proposes an hour that is free, and the card shows what is being made.
    app.push(&format!("Add slot, {}", long(wednesday))).await;
    app.wait_at("Title").await;
    app.type_text("Rehearsal").await;
    app.wait_for_text(&format!("[data-date='{wednesday}'] .draft"), "Rehearsal").await;
    assert_eq!(app.value_of("textbox", "First date").await, medium(wednesday));
    assert_eq!(app.value_of("textbox", "Starts").await, "09:00");
    app.fill_in("Until", &medium(wednesday)).await;
    app.push("Add to week").await;
    let rehearsal = format!("Rehearsal, 09:00–10:00, {}", short(wednesday));
    app.wait_on(wednesday, &[&rehearsal, &choir]).await;
    app.wait_top(wednesday).await;

    app.open_slot(&choir).await;
    app.fill_in("Starts", "17:30").await;
    app.push("Save").await;
    let changed = format!("Choir, changed, 17:30–19:30, was 18:00–19:30, St. Mary, {}", short(wednesday));
    app.wait_on(wednesday, &[&rehearsal, &changed]).await;
    app.push(&format!("Cancel {} 1 date", short(wednesday))).await;
    let cancelled = format!("Choir, cancelled, 18:00–19:30, St. Mary, {}", short(wednesday));
    app.wait_on(wednesday, &[&rehearsal, &cancelled]).await;
    app.wait_top(wednesday).await;
    for expected in [&changed, &choir] {
        app.push("Undo").await;
        app.wait_on(wednesday, &[&rehearsal, expected]).await;
    }
    app.push("Redo").await;
    app.wait_on(wednesday, &[&rehearsal, &changed]).await;
    app.wait_top(wednesday).await;
    let expected = [
        "2031-05-14 09:00-10:00 Rehearsal @ ".to_owned(),
        "2031-05-14 17:30-19:30 Choir @ St. Mary changed".to_owned(),
    ];
    assert_eq!(stored(&program, "2031-05-12".parse().expect("a date"), 1), expected);

    // What another program writes is shown where one is, without a jump.
    super::rows::import(&program, &[slot(2, (4, "08:00", "09:00"), "Swimming", "", "teal")], &[]);
    let thursday = plus(wednesday, 1);
    app.wait_on(thursday, &[format!("Swimming, 08:00–09:00, {}", short(thursday))]).await;
    app.wait_top(wednesday).await;
}

#[tokio::test]
async fn the_view_is_kept_and_so_is_the_date() {
    let program = choir();
    let app = App::open_on(&program).await;
    let date = plus(today(), 7 * 30);
    app.go_to(date).await;
    app.push("Weeks").await;
    app.wait_top(date).await;
    app.press("j").await;
    app.wait_top(plus(date, 7)).await;
    app.push("Week").await;
    app.wait_week_of(plus(date, 7)).await;
    app.press("v").await;
    app.wait_top(plus(date, 7)).await;

    // It is no step to take back, and a new process opens with it.
    assert_eq!(app.texts(".toast").await, [""; 0]);
    let undo = app.named("button", "Undo").await;
    let what = undo.attr("title").await.expect("the button is there");
    assert_eq!(what.as_deref(), Some("Undo: 4 added, 0 changed, 0 unchanged (Ctrl+Z)"));
    let app = app.restart().await;
    app.wait_top(today()).await;
    app.wait_for("[aria-label='Weeks'][aria-pressed='true']").await;
    app.press("v").await;
    app.wait_week_of(today()).await;
    let app = app.restart().await;
    app.wait_week_of(today()).await;
    app.wait_gone(".weeks").await;
}

#[tokio::test]
async fn the_week_at_the_top_stays_when_the_cards_change_their_width() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    app.scroll_weeks(1_900).await;
    let at = app.script(AT_TOP, Vec::new()).await;
    let held = || async { app.script(AT_TOP, Vec::new()).await };
    let wednesday: Date = {
        let week: Date = serde_json::from_value(at["week"].clone()).expect("a date");
        plus(week, 9)
    };
    app.open_slot(&format!("Choir, 18:00–19:30, St. Mary, {}", short(wednesday))).await;
    app.wait_equal("what is at the top", &at, held).await;
    app.press("Escape").await;
    app.wait_gone("#panel").await;
    app.wait_equal("what is at the top", &at, held).await;

    // Of a scroll in the same moment the page hears only when the cards have their new width.
    let js = "document.querySelector('.weeks-scroll').scrollBy(0, 5); document.querySelector(arguments[0]).click()";
    app.script(js, vec![json!(format!("[data-date='{wednesday}'] .day-slots button"))]).await;
    app.wait_for("#panel").await;
    let at = json!({ "week": at["week"], "at": at["at"].as_i64().expect("a number") - 5 });
    app.wait_equal("what is at the top", &at, held).await;
    app.press("Escape").await;
    app.wait_gone("#panel").await;
    app.wait_equal("what is at the top", &at, held).await;
    for (width, height) in [(1024, 700), (640, 800)] {
        app.resize(width, height).await;
        let same = || async { app.script(AT_TOP, Vec::new()).await["week"].clone() };
        app.wait_equal("the week at the top", &at["week"], same).await;
    }
}

/// The week at the top, and where it begins, in whole pixels.
const AT_TOP: &str = "const top = document.querySelector('.weeks-scroll')?.getBoundingClientRect().top; \
    const week = [...document.querySelectorAll('[data-week]')].find(w => w.getBoundingClientRect().bottom > top + 64); \
    return week ? { week: week.dataset.week, at: Math.round(week.getBoundingClientRect().top - top) } : {}";

#[tokio::test]
async fn each_refresh_is_one_call_and_so_is_what_scrolling_adds() {
    let program = choir();
    let app = App::open_on_weeks(&program).await;
    app.wait_top(today()).await;
    let js = "const core = window.__TAURI__.core, invoke = core.invoke; window.__calls = []; \
        window.__TAURI__.core = { ...core, invoke: (name, args) => (window.__calls.push(name), invoke(name, args)) }; \
        return window.__TAURI__.core !== core";
    assert_eq!(app.script(js, Vec::new()).await, json!(true), "calls can be listened to");
    let calls =
        || async { app.script("const calls = window.__calls; window.__calls = []; return calls", Vec::new()).await };
    let most = app.scroll_weeks(600).await;
    assert!(most.moved > 400.0, "{most:?}");
    assert_eq!(calls().await, json!(["weeks"]));
    app.push("Undo").await;
    app.wait_toast("Undone: 4 added, 0 changed, 0 unchanged").await;
    app.wait_gone(".day-slots").await;
    assert_eq!(calls().await, json!(["undo", "week"]));
    app.press("j").await;
    app.scroll_weeks(0).await;
    assert_eq!(calls().await, Value::Array(Vec::new()), "a week that is here needs no call");
}
