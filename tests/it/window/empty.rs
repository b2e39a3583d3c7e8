//! The first screen, help, and one window for each data folder.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::dates::{medium, monday, plus, today};
use super::rows::{import, slot};
use crate::cli::program::Program;
use crate::driver::App;

/// A second start ends within this time.
const SECOND_START: Duration = Duration::from_secs(15);

#[tokio::test]
async fn an_empty_week_says_how_to_begin() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.wait_for_text(".welcome", "Your week is empty").await;
    app.wait_for_text(".welcome", "Click a time or press C.").await;

    // One click on a time is enough.
    app.click(".cell[data-row='20'][data-column='1']").await;
    app.wait_gone(".welcome").await;
    app.wait_equal("the start", &"10:00".to_owned(), || app.value_of("textbox", "Starts")).await;
    let date = medium(plus(monday(), 1));
    app.wait_equal("the date", &date, || app.value_of("textbox", "First date")).await;
    app.push("Discard").await;
    app.wait_for(".welcome").await;

    // So is the key, at the time that is marked; and in a narrow window the days have a button each.
    app.press("ArrowRight").await;
    app.press("c").await;
    let date = medium(plus(monday(), 2));
    app.wait_equal("the date", &date, || app.value_of("textbox", "First date")).await;
    app.push("Discard").await;
    app.resize(640, 800).await;
    app.wait_for_text(".welcome", "Press + on a day, or the key C.").await;
    app.push(&format!("Add slot, {}", super::dates::long(plus(monday(), 6)))).await;
    app.wait_equal("the date", &medium(plus(monday(), 6)), || app.value_of("textbox", "First date")).await;
}

#[tokio::test]
async fn help_tells_the_keys_and_where_the_data_lies() {
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.press("?").await;
    app.wait_for_text(".facts", &program.folder().join("local.sqlite").display().to_string()).await;
    app.wait_for_text(".facts", "None yet.").await;
    app.wait_for_text(".keys", "Ctrl Shift Z").await;
    app.press("?").await;
    app.wait_gone(".help").await;

    // The next start finds something to keep and takes the day's snapshot.
    import(&program, &[slot(1, (2, "09:00", "10:30"), "Algebra", "", "blue")], &[]);
    let app = app.restart().await;
    app.push("Help").await;
    app.wait_for_text(".facts", &medium(today())).await;
    app.wait_for_text(".help", "1 snapshot is kept beside the file.").await;
}

/// Starts the program again as a person would, and waits for it to end.
async fn second_start(program: &Program) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weekwise"));
    command.arg("--data-dir").arg(program.folder()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let ended = tokio::time::timeout(SECOND_START, async {
        loop {
            if let Some(status) = child.try_wait().expect("a child can be asked") {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    match ended.await {
        Ok(code) => code,
        Err(_) => {
            child.kill().expect("a child can be ended");
            panic!("the second start did not end");
        }
    }
}

#[tokio::test]
async fn one_folder_has_one_window_and_two_folders_have_two() {
    let (one, other) = (Program::new(), Program::new());
    import(&one, &[slot(1, (2, "09:00", "10:30"), "Algebra", "", "blue")], &[]);
    import(&other, &[slot(2, (4, "18:00", "19:30"), "Choir", "", "pink")], &[]);
    let (first, second) = tokio::join!(App::open_on(&one), App::open_on(&other));
    first.wait_for_text(".slot", "Algebra").await;
    second.wait_for_text(".slot", "Choir").await;
    assert_eq!(second_start(&one).await, Some(0), "a second start hands over and ends well");
    // The first window goes on as before.
    first.push("Next week (J)").await;
    first.wait_week_of(plus(monday(), 7)).await;
    first.wait_for_text(".slot", "Algebra").await;
}
