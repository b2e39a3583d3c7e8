//! Edits of many dates: they say what becomes of them before they are saved, and that is what happens.

use serde_json::{Value, json};
use weekwise_domain::Date;

use super::dates::{long, medium, monday, plus, short, today};
use super::rows::{exception, folder, slot, stored, with};
use crate::cli::program::Program;
use crate::driver::App;

/// This week's Thursday.
fn thursday() -> Date {
    plus(monday(), 3)
}

/// Twelve Thursdays from two weeks ago on: the one of next week is cancelled, the next one is at another time, the
/// one after it is on a Saturday, and there is a word on a Saturday on which nothing takes place.
fn choir() -> Program {
    let day = |days: i32| plus(thursday(), days);
    let pattern = json!({ "valid_from": day(-14).to_string(), "valid_until": day(63).to_string() });
    folder(
        &[with(slot(1, (4, "18:00", "19:30"), "Choir", "St Mary", "pink"), pattern)],
        &[
            exception(1, day(7), "cancelled", json!({ "title": "Illness" })),
            exception(1, day(14), "override", json!({ "start": "19:00", "end": "20:30" })),
            exception(1, day(21), "override", json!({ "moved_to": day(23).to_string() })),
            exception(1, day(2), "cancelled", Value::Null),
        ],
    )
}

/// What is stored from two weeks ago on until next year.
fn all(program: &Program) -> Vec<String> {
    stored(program, plus(monday(), -14), 14)
}

fn usual(date: Date) -> String {
    format!("Choir, 18:00–19:30, St Mary, {}", short(date))
}

/// What stands beside a choice of scope.
async fn wait_numbers(app: &App, scope: &str, numbers: &str) {
    let place = format!(".segment:has(input[value={scope}]) small");
    app.wait_equal(scope, &vec![numbers.to_owned()], || app.texts(&place)).await;
}

/// Waits until these dates are announced as the next ones: of those that are not past, the first five.
async fn wait_next(app: &App, dates: impl Iterator<Item = Date>) {
    let next: Vec<String> = dates.filter(|date| *date >= today()).take(5).map(short).collect();
    app.wait_equal("the next dates", &next, || app.texts(".next-dates li")).await;
}

async fn wait_consequences(app: &App, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|&line| line.to_owned()).collect();
    app.wait_equal("what becomes of changed dates", &expected, || app.texts(".consequences li")).await;
}

#[tokio::test]
async fn this_and_following_leaves_what_was_before() {
    let program = choir();
    let before = all(&program);
    let app = App::open_on(&program).await;
    let day = |weeks: i32| plus(thursday(), 7 * weeks);
    app.open_slot(&usual(day(0))).await;
    wait_numbers(&app, "date", "1 date").await;
    wait_numbers(&app, "following", "10 dates · 3 exceptions").await;
    wait_numbers(&app, "series", "12 dates · 3 exceptions").await;
    app.pick("This and following").await;
    wait_next(&app, (0..10).map(day)).await;
    app.fill_in("Starts", "17:00").await;
    app.fill_in("Ends", "18:30").await;
    app.fill_in("Place", "Town hall").await;
    wait_consequences(&app, &["3 changed dates still apply"]).await;
    app.push("Save").await;
    app.wait_toast(&format!("Choir changed from {} on", short(day(0)))).await;

    let mut expected = vec![
        format!("{} 18:00-19:30 Choir @ St Mary", day(-2)),
        format!("{} 18:00-19:30 Choir @ St Mary", day(-1)),
        format!("{} 17:00-18:30 Choir @ Town hall", day(0)),
        format!("{} 19:00-20:30 Choir @ Town hall changed", day(2)),
        format!("{} 17:00-18:30 Choir @ Town hall changed", plus(day(3), 2)),
    ];
    expected.extend((4..10).map(|week| format!("{} 17:00-18:30 Choir @ Town hall", day(week))));
    assert_eq!(all(&program), expected);
    app.push("Undo").await;
    app.wait_slots(&[usual(day(0))]).await;
    assert_eq!(all(&program), before);
    app.push("Redo").await;
    app.wait_slots(&[format!("Choir, 17:00–18:30, Town hall, {}", short(day(0)))]).await;
    assert_eq!(all(&program), expected);
}

#[tokio::test]
async fn another_weekday_carries_what_was_changed() {
    let program = choir();
    let app = App::open_on(&program).await;
    let friday = |weeks: i32| plus(thursday(), 7 * weeks + 1);
    app.open_slot(&usual(thursday())).await;
    app.pick("Whole series").await;
    app.fill_in("Title", "Chamber choir").await;
    app.choose("Weekday", "Friday").await;
    wait_next(&app, (-2..10).map(friday)).await;
    wait_consequences(&app, &["3 changed dates move along to the new day of their week"]).await;
    app.push("Save").await;
    app.wait_slots(&[format!("Chamber choir, 18:00–19:30, St Mary, {}", short(friday(0)))]).await;

    let at = |date: Date, time: &str| format!("{date} {time} Chamber choir @ St Mary");
    let mut expected: Vec<String> = (-2..10).map(|week| at(friday(week), "18:00-19:30")).collect();
    expected.splice(
        3..6,
        [
            format!("{} changed", at(friday(2), "19:00-20:30")),
            format!("{} changed", at(plus(friday(3), 1), "18:00-19:30")),
        ],
    );
    assert_eq!(all(&program), expected);

    // The ledger lists all that differs, leads to it, and puts it back.
    app.open_slot(&format!("Chamber choir, 18:00–19:30, St Mary, {}", short(friday(0)))).await;
    app.wait_for_text(".ledger summary", "4").await;
    app.click(".ledger summary").await;
    let listed = app.texts(".ledger li").await.join(" ").replace('\n', " ");
    for told in [
        format!("{} no effect: the series does not take place on this date", medium(plus(friday(0), 1))),
        format!("{} cancelled: Illness", medium(friday(1))),
        format!("{} 19:00–20:30", medium(friday(2))),
        format!("{} moved to {}", medium(friday(3)), short(plus(friday(3), 1))),
    ] {
        assert!(listed.contains(&told), "{told} is not among {listed}");
    }
    app.push(&medium(friday(2))).await;
    app.wait_for_text("#panel-title", &long(friday(2))).await;
    app.wait_week_of(friday(2)).await;
    app.wait_for_text(".slot.open", "19:00–20:30").await;
    app.push(&format!("Put back {}", medium(friday(1)))).await;
    app.wait_toast(&format!("Chamber choir put back on {}", short(friday(1)))).await;
    expected.insert(3, at(friday(1), "18:00-19:30"));
    assert_eq!(all(&program), expected);
}

#[tokio::test]
async fn another_weekday_can_leave_what_was_changed() {
    let program = choir();
    let before = all(&program);
    let app = App::open_on(&program).await;
    let friday = |weeks: i32| plus(thursday(), 7 * weeks + 1);
    app.open_slot(&usual(thursday())).await;
    app.pick("Whole series").await;
    app.choose("Weekday", "Friday").await;
    app.click_named("checkbox", "Leave changed dates where they are").await;
    wait_consequences(&app, &["3 changed dates lose their effect; they stay listed"]).await;
    app.push("Save").await;
    app.wait_slots(&[usual(friday(0))]).await;
    let fridays: Vec<String> = (-2..10).map(|week| format!("{} 18:00-19:30 Choir @ St Mary", friday(week))).collect();
    assert_eq!(all(&program), fridays);

    // Back on its old day they apply again.
    app.open_slot(&usual(friday(0))).await;
    app.wait_for_text(".ledger summary", "4").await;
    app.pick("Whole series").await;
    app.choose("Weekday", "Thursday").await;
    wait_consequences(&app, &["3 changed dates apply again"]).await;
    app.push("Save").await;
    app.wait_slots(&[usual(thursday())]).await;
    assert_eq!(all(&program), before);
}

#[tokio::test]
async fn a_series_ends_and_goes_on_again() {
    let program = choir();
    let before = all(&program);
    let app = App::open_on(&program).await;
    let last = plus(thursday(), 28);
    app.go_to(last).await;
    app.open_slot(&usual(last)).await;
    app.push(&format!("End the series before {} 6 dates", short(last))).await;
    app.wait_toast(&format!("Choir ends before {}", short(last))).await;
    let no_slots: [&str; 0] = [];
    app.wait_slots(&no_slots).await;
    assert_eq!(all(&program)[..], before[..5]);
    app.push("Undo").await;
    app.wait_slots(&[usual(last)]).await;
    assert_eq!(all(&program), before);

    // The whole of it in one rhythm without an end.
    app.open_slot(&usual(last)).await;
    app.pick("Whole series").await;
    app.fill_in("Until", "").await;
    app.push("Save").await;
    app.wait_toast("Choir changed").await;
    wait_numbers(&app, "following", &format!("from {} on", &medium(last)[4..])).await;
}

#[tokio::test]
async fn a_rotation_keeps_its_weeks_until_it_is_started_anew() {
    let day = |days: i32| plus(thursday(), days);
    let pattern = json!({ "valid_from": day(-28).to_string(), "every_n_weeks": 2 });
    let program = folder(&[with(slot(1, (4, "18:00", "19:30"), "Choir", "St Mary", "pink"), pattern)], &[]);
    let app = App::open_on(&program).await;
    app.open_slot(&usual(thursday())).await;
    app.pick("Whole series").await;
    let even = || (0..8).map(|n| day(14 * n));
    let odd = || (0..8).map(|n| day(14 * n + 7));
    wait_next(&app, even()).await;
    app.fill_in("From", &day(-21).to_string()).await;
    wait_next(&app, even()).await;
    app.click_named("checkbox", "Start the rotation anew on the first date").await;
    wait_next(&app, odd()).await;
    app.push("Save").await;
    app.wait_toast("Choir changed").await;
    let no_slots: [&str; 0] = [];
    app.wait_slots(&no_slots).await;
    let expected: Vec<String> =
        [-21, -7, 7, 21].map(|days| format!("{} 18:00-19:30 Choir @ St Mary", day(days))).to_vec();
    assert_eq!(stored(&program, day(-28), 8), expected);

    // The other rhythm for the rest of it: what was before stays.
    app.push("Next week (J)").await;
    app.wait_slots(&[usual(day(7))]).await;
    app.open_slot(&usual(day(7))).await;
    app.pick("This and following").await;
    app.choose("Repeats", "Every 3 weeks").await;
    app.push("Save").await;
    app.wait_toast(&format!("Choir changed from {} on", short(day(7)))).await;
    let expected: Vec<String> =
        [-21, -7, 7, 28].map(|days| format!("{} 18:00-19:30 Choir @ St Mary", day(days))).to_vec();
    assert_eq!(stored(&program, day(-28), 9), expected);
}
