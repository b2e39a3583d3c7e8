//! What is typed and not saved: it survives looking elsewhere, says what does not fit, and outlives a failed save.

use serde_json::json;
use weekwise_domain::Date;

use super::dates::{medium, monday, plus, short};
use super::rows::{exported, folder, slot, stored};
use crate::cli::program::Program;
use crate::driver::App;

fn two_slots() -> Program {
    folder(
        &[
            slot(1, (2, "09:00", "10:30"), "Algebra", "Room 204", "blue"),
            slot(2, (4, "18:00", "19:30"), "Choir", "St Mary", "pink"),
        ],
        &[],
    )
}

/// Waits until this is said below a field.
async fn wait_said(app: &App, field: &str, told: &str) {
    let place = format!("#{field}-problem");
    let said = || async { app.texts(&place).await.join("\n").trim().to_owned() };
    app.wait_equal(&format!("what is said below {field}"), &told.to_owned(), said).await;
}

/// Waits until this is said below a field and tied to it.
async fn wait_problem(app: &App, field: &str, told: &str) {
    wait_said(app, field, told).await;
    let is_tied = "const field = document.getElementById(arguments[0]); \
        return field.getAttribute('aria-invalid') === 'true' && field.getAttribute('aria-describedby') === arguments[1]";
    let args = vec![json!(field), json!(format!("{field}-problem"))];
    app.wait_until(&format!("{field} is tied to its problem"), is_tied, args).await;
}

async fn wait_no_problem(app: &App, field: &str) {
    app.wait_gone(&format!("#{field}[aria-invalid]")).await;
    wait_said(app, field, "").await;
}

async fn wait_value(app: &App, field: &str, value: &str) {
    app.wait_equal(field, &value.to_owned(), || app.value_of("textbox", field)).await;
}

#[tokio::test]
async fn a_draft_survives_looking_elsewhere() {
    let program = two_slots();
    let before = stored(&program, monday(), 2);
    let app = App::open_on(&program).await;
    let [tuesday, thursday] = [1, 3].map(|day| plus(monday(), day));
    let algebra = |date: Date| format!("Algebra, 09:00–10:30, Room 204, {}", short(date));
    let choir = |date: Date| format!("Choir, 18:00–19:30, St Mary, {}", short(date));
    let unsaved = format!("Algebra, not saved yet, 09:00–10:30, Room 204, {}", short(tuesday));

    // Another slot, another week, another panel, and back.
    app.open_slot(&algebra(tuesday)).await;
    app.fill_in("Place", "Room 9").await;
    app.wait_slots(&[unsaved.clone(), choir(thursday)]).await;
    app.open_slot(&choir(thursday)).await;
    wait_value(&app, "Place", "St Mary").await;
    app.push("Next week (J)").await;
    app.wait_slots(&[algebra(plus(tuesday, 7)), choir(plus(thursday, 7))]).await;
    app.open_slot(&algebra(plus(tuesday, 7))).await;
    wait_value(&app, "Place", "Room 204").await;
    app.push("Help").await;
    app.push("Today").await;
    app.open_slot(&unsaved).await;
    wait_value(&app, "Place", "Room 9").await;
    assert_eq!(stored(&program, monday(), 2), before, "nothing is stored before it is saved");

    // It can be given up.
    app.push("Discard changes").await;
    wait_value(&app, "Place", "Room 204").await;
    app.wait_slots(&[algebra(tuesday), choir(thursday)]).await;

    // A new slot is kept too, and one can go on with it.
    app.begin_at(plus(monday(), 4), 14).await;
    app.type_text("Chess").await;
    app.wait_for_text(".slot.draft", "Chess").await;
    app.open_slot(&choir(thursday)).await;
    wait_value(&app, "Title", "Choir").await;
    app.push("Next week (J)").await;
    app.wait_gone(".slot.draft").await;
    app.push("New slot").await;
    wait_value(&app, "Title", "Chess").await;
    wait_value(&app, "First date", &medium(plus(monday(), 4))).await;
    assert_eq!(stored(&program, monday(), 2), before, "nothing is stored before it is added");
    app.push("Add to week").await;
    app.wait_toast("Chess added").await;
    app.push("New slot").await;
    wait_value(&app, "Title", "").await;
    app.push("Discard").await;
    app.wait_gone("#panel").await;
    assert_eq!(stored(&program, monday(), 1).len(), 3, "only what was added is stored");
}

#[tokio::test]
async fn what_does_not_fit_is_said_beside_the_field() {
    let program = two_slots();
    let before = stored(&program, monday(), 2);
    let app = App::open_on(&program).await;
    app.begin_at(monday(), 9).await;

    for typed in ["25:00", "9:5", "soon", ""] {
        app.fill_in("Starts", typed).await;
        wait_problem(&app, "slot-starts", "Write a time such as 9:00 or 14:30.").await;
    }
    app.fill_in("Starts", "24:00").await;
    wait_problem(&app, "slot-starts", "A start is before 24:00.").await;
    app.fill_in("Starts", "9.15").await;
    wait_no_problem(&app, "slot-starts").await;
    app.fill_in("Ends", "9:15").await;
    wait_problem(&app, "slot-ends", "The end must be later than the start.").await;
    app.fill_in("Ends", "10").await;
    wait_no_problem(&app, "slot-ends").await;

    for typed in ["32 Nov", "2026-02-30", "26"] {
        app.fill_in("First date", typed).await;
        wait_problem(&app, "slot-date", "Write a date such as 26 Nov 2026 or 2026-11-26.").await;
    }
    app.fill_in("First date", &monday().to_string()).await;
    app.fill_in("Until", &plus(monday(), -1).to_string()).await;
    wait_problem(&app, "slot-until", "The last date is before the first.").await;
    app.fill_in("Until", "").await;
    app.fill_in("Place", &"x".repeat(201)).await;
    wait_problem(&app, "slot-location", "At most 200 characters; this has 201.").await;

    // Saving is not offered, and is not done.
    app.wait_for(".inspector-form .primary[aria-disabled='true']").await;
    app.press("Control+Enter").await;
    app.push("Add to week").await;
    app.fill_in("Place", "").await;
    wait_no_problem(&app, "slot-location").await;
    app.wait_gone(".inspector-form .primary[aria-disabled='true']").await;
    assert_eq!(stored(&program, monday(), 2), before, "what does not fit is not stored");
}

#[tokio::test]
async fn a_slot_past_midnight_can_be_two() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let (friday, saturday) = (plus(monday(), 4), plus(monday(), 5));
    app.begin_at(friday, 9).await;
    app.type_text("Night shift").await;
    app.fill_in("Starts", "22:00").await;
    app.fill_in("Ends", "2:00").await;
    wait_problem(&app, "slot-ends", "A slot ends by 24:00.\nMake two: until 24:00, and from 00:00 on the next day")
        .await;
    app.push("Make two: until 24:00, and from 00:00 on the next day").await;
    app.wait_slots(&[
        format!("Night shift, 22:00–24:00, {}", short(friday)),
        format!("Night shift, 00:00–02:00, {}", short(saturday)),
    ])
    .await;
    let both = [format!("{friday} 22:00-24:00 Night shift @ "), format!("{saturday} 00:00-02:00 Night shift @ ")];
    assert_eq!(stored(&program, monday(), 1), both);
}

#[tokio::test]
async fn the_slot_limit_asks_first() {
    let program = folder(
        &[
            slot(1, (2, "09:00", "10:30"), "Algebra", "", "blue"),
            slot(2, (2, "11:00", "12:30"), "Analysis", "", "red"),
            slot(3, (6, "11:00", "12:30"), "Climbing", "", "red"),
        ],
        &[],
    );
    let before = stored(&program, monday(), 1);
    let app = App::open_on(&program).await;
    let tuesday = plus(monday(), 1);
    app.begin_at(tuesday, 14).await;
    app.type_text("Physics").await;
    app.push("Add to week").await;
    let refused = format!("Tuesday already has 2 of 2 slots ({}).", medium(tuesday));
    app.wait_for_text(".refusal", &refused).await;
    app.wait_for_text(".status", "Not saved").await;
    assert_eq!(stored(&program, monday(), 1), before, "nothing is stored over the limit");
    assert_eq!(exported(&program)["settings"]["slot_limit"], 2);

    app.push("Allow 3").await;
    app.wait_toast("Physics added").await;
    assert_eq!(stored(&program, monday(), 1).len(), 4);
    assert_eq!(exported(&program)["settings"]["slot_limit"], 3);

    // The slot and the raised limit are one step.
    app.push("Undo").await;
    app.wait_toast("Undone: Physics added").await;
    assert_eq!(stored(&program, monday(), 1), before);
    assert_eq!(exported(&program)["settings"]["slot_limit"], 2);

    // Two halves of a night are added together or not at all: here it is the earlier one that is one too many.
    app.push("New slot").await;
    app.fill_in("Title", "Night shift").await;
    app.fill_in("First date", &tuesday.to_string()).await;
    app.fill_in("Starts", "22:00").await;
    app.fill_in("Ends", "2:00").await;
    app.push("Make two: until 24:00, and from 00:00 on the next day").await;
    app.wait_for_text(".refusal", &refused).await;
    assert_eq!(stored(&program, monday(), 1), before, "half a night is not stored");
    app.push("Allow 3").await;
    app.wait_toast("Night shift added").await;
    assert_eq!(stored(&program, monday(), 1).len(), 5);
}

#[tokio::test]
async fn a_failed_save_keeps_the_draft() {
    let program = two_slots();
    let before = stored(&program, monday(), 2);
    let app = App::open_on(&program).await;
    let tuesday = plus(monday(), 1);
    app.open_slot(&format!("Algebra, 09:00–10:30, Room 204, {}", short(tuesday))).await;
    app.fill_in("Place", "Room 9").await;

    let (file, aside) = (program.folder().join("local.sqlite"), program.path("aside.sqlite"));
    std::fs::rename(&file, &aside).expect("the data file can be moved away");
    app.push("Save").await;
    app.wait_for_text(".refusal", "The data file is gone.").await;
    app.wait_for_text(".status", "Not saved").await;
    wait_value(&app, "Place", "Room 9").await;

    std::fs::rename(&aside, &file).expect("the data file can be put back");
    assert_eq!(stored(&program, monday(), 2), before, "nothing of it is stored");
    app.push("Save").await;
    app.wait_toast(&format!("Algebra changed on {}", short(tuesday))).await;
    app.wait_gone(".refusal").await;
    app.wait_for_text(".status", "Saved on this device").await;
    app.wait_for_text(".slot.open", "Room 9").await;
    assert_eq!(stored(&program, tuesday, 1)[0], format!("{tuesday} 09:00-10:30 Algebra @ Room 9 changed"));
}

/// Begins a slot by the mouse right after a key was pressed, and waits until its title has the keyboard.
async fn begin_right_after(app: &App, key: &str, rows: &mut impl Iterator<Item = u16>) {
    for row in rows.take(5) {
        // Always elsewhere: four clicks in one place are no two double clicks.
        app.press_and_double_click(key, &format!(".cell[data-row='{row}'][data-column='0']")).await;
        // A machine that is too busy makes two single clicks of it now and then, which begin nothing.
        let doubled = "const doubled = window.doubled; window.doubled = false; return doubled === true";
        if app.script(doubled, Vec::new()).await == json!(true) {
            return app.wait_at_id("slot-title").await;
        }
    }
    app.fail("there is no double click").await;
}

#[tokio::test]
async fn a_new_slot_has_the_keyboard_however_quickly_it_is_begun() {
    let program = two_slots();
    let app = App::open_on(&program).await;
    let heed = "addEventListener('dblclick', () => { window.doubled = true; }, true); \
        document.querySelector('.cell[data-row=\"24\"]').scrollIntoView({ block: 'center' })";
    app.script(heed, Vec::new()).await;
    let mut rows = [20, 22, 24, 26, 28].into_iter().cycle();
    for round in 0..10 {
        // Right after another panel was closed, and with it beside the week.
        for (panel, key) in [(",", "Escape"), ("?", "Escape"), ("a", "Escape"), ("s", "Shift")] {
            app.press(panel).await;
            app.wait_at_id("panel").await;
            begin_right_after(&app, key, &mut rows).await;
            app.press("Escape").await;
            app.wait_gone("#panel").await;
        }
        // Right after the last one was closed, with and without something typed into it; and while it is open.
        begin_right_after(&app, "Shift", &mut rows).await;
        for key in ["Escape", "Shift", "Escape", "Shift"] {
            begin_right_after(&app, key, &mut rows).await;
            if round % 2 == 1 {
                app.type_text("x").await;
            }
        }
        app.push("Discard").await;
        app.wait_gone("#panel").await;
    }
}
