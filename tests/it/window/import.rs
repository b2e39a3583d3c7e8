//! Files read in and written by the window, and what the command line reads in beside it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::dates::{monday, plus, short, today};
use super::rows::{exception, exported, file, folder, import, slot, stored, with};
use crate::cli::program::Program;
use crate::driver::{App, Launch};

/// An open window shows what the command line wrote within this time.
const NOTICED: Duration = Duration::from_secs(2);

async fn choose_file(app: &App, input: &str, path: &Path) {
    let input = app.find(&format!("{input} input[type=file]")).await;
    input.send_keys(&path.display().to_string()).await.expect("a file can be chosen");
}

#[tokio::test]
async fn a_file_is_read_in_and_a_bad_one_says_all_that_is_wrong() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    let [tuesday, thursday] = [1, 3].map(|day| plus(monday(), day));
    let algebra = slot(1, (2, "09:00", "10:30"), "Algebra", "Room 204", "blue");
    let choir = slot(2, (4, "18:00", "19:30"), "Choir", "St Mary", "pink");
    let shown_algebra = format!("Algebra, 09:00–10:30, Room 204, {}", short(tuesday));
    let no_slots: [&str; 0] = [];

    // From the empty week.
    let good = program.file("term.json", file(std::slice::from_ref(&algebra), &[]));
    choose_file(&app, ".welcome", &good).await;
    app.wait_toast("1 added, 0 changed, 0 unchanged").await;
    app.wait_slots(&[&shown_algebra]).await;
    app.wait_gone(".welcome").await;

    // A bad file: every place is named, and nothing is taken, not even what is good in it.
    let bad = [
        choir.clone(),
        with(algebra.clone(), json!({ "end": "8:00", "color": "mauve" })),
        with(choir.clone(), json!({ "id": "7", "valid_from": "2026-02-30" })),
    ];
    let path = program.file("bad.json", file(&bad, &[json!({ "date": "today", "kind": "cancelled" })]));
    app.push("Settings").await;
    choose_file(&app, ".settings", &path).await;
    app.wait_for_text(".refusal", "Nothing was imported. 6 places in the file need correcting:").await;
    let told = app.texts(".refusal li").await.join("\n");
    for place in [
        "schedules[1].end: the end 08:00 is not later than the start 09:00",
        "schedules[1].color: \"mauve\" is not a colour",
        "schedules[2].id: ",
        "schedules[2].valid_from: \"2026-02-30\" is not a date",
        "exceptions[0].series_id: missing",
        "exceptions[0].date: \"today\" is not a date",
    ] {
        assert!(told.contains(place), "{place} is not among\n{told}");
    }
    app.wait_slots(&[&shown_algebra]).await;
    assert_eq!(stored(&program, monday(), 1).len(), 1);

    // The same file, corrected, can be chosen again; its problems go.
    let longer = with(algebra, json!({ "end": "11:00" }));
    program.file("bad.json", file(&[longer, choir], &[]));
    choose_file(&app, ".settings", &path).await;
    app.wait_toast("1 added, 1 changed, 0 unchanged").await;
    app.wait_gone(".refusal").await;
    app.wait_slots(&[
        format!("Algebra, 09:00–11:00, Room 204, {}", short(tuesday)),
        format!("Choir, 18:00–19:30, St Mary, {}", short(thursday)),
    ])
    .await;

    // One step back takes back all that the file brought.
    app.push("Undo").await;
    app.wait_slots(&[&shown_algebra]).await;
    app.push("Undo").await;
    app.wait_slots(&no_slots).await;
    app.wait_for(".welcome").await;

    // What is no such file at all is refused in words.
    let picture = program.file("picture.json", [0x89, b'P', b'N', b'G', 0, 0xff]);
    choose_file(&app, ".settings", &picture).await;
    app.wait_for_text(".refusal", "Nothing was imported. One place in the file needs correcting:").await;
}

#[tokio::test]
async fn everything_is_written_to_the_downloads_and_nothing_is_replaced() {
    let tuesday = plus(monday(), 1);
    let program = folder(
        &[slot(1, (2, "09:00", "10:30"), "Algebra", "Room 204", "blue")],
        &[exception(1, tuesday, "cancelled", json!({ "title": "Holiday" }))],
    );
    let downloads = program.path("home").join("Downloads");
    fs::create_dir_all(&downloads).expect("the folder can be made");
    let home = program.path("home").display().to_string();
    let app = Launch::new(&program.folder()).env("LC_ALL", "C.UTF-8").env("HOME", &home).start().await;
    app.push("Settings").await;
    for name in [format!("Weekwise {}.json", today()), format!("Weekwise {} (2).json", today())] {
        app.push("Export to a file").await;
        app.wait_toast(&format!("Exported to {}", downloads.join(&name).display())).await;
        let written = fs::read_to_string(downloads.join(&name)).expect("the file can be read");
        let written: Value = serde_json::from_str(&written).expect("the file is JSON");
        assert_eq!(written, exported(&program));
        assert_eq!(written["exceptions"][0]["title"], "Holiday");
    }
    assert_eq!(fs::read_dir(&downloads).expect("the folder can be read").count(), 2);
}

#[tokio::test]
async fn an_open_window_shows_what_the_command_line_reads_in() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.wait_for(".welcome").await;
    let tuesday = short(plus(monday(), 1));
    let in_room = |room: &str| slot(1, (2, "09:00", "10:30"), "Algebra", room, "blue");

    import(&program, &[in_room("Room 204")], &[]);
    let written = Instant::now();
    app.wait_slots(&[format!("Algebra, 09:00–10:30, Room 204, {tuesday}")]).await;
    assert!(written.elapsed() < NOTICED, "it took the window {:?}", written.elapsed());

    // Also where the slot is open beside the week; what is typed there stays.
    app.open_slot(&format!("Algebra, 09:00–10:30, Room 204, {tuesday}")).await;
    app.fill_in("Notes", "Bring the script").await;
    import(&program, &[in_room("Room 9")], &[]);
    let written = Instant::now();
    app.wait_slots(&[format!("Algebra, not saved yet, 09:00–10:30, Room 9, {tuesday}")]).await;
    app.wait_equal("the place in the panel", &"Room 9".to_owned(), || app.value_of("textbox", "Place")).await;
    assert!(written.elapsed() < NOTICED, "it took the window {:?}", written.elapsed());
    assert_eq!(app.value_of("textbox", "Notes").await, "Bring the script");

    // The step can be taken back in the window as if it had been made there.
    app.push("Undo").await;
    app.wait_slots(&[format!("Algebra, not saved yet, 09:00–10:30, Room 204, {tuesday}")]).await;
}
