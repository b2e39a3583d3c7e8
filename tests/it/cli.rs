//! The command line, as a person or a script uses it.

pub(crate) mod program;
mod vectors;

use std::time::{Duration, Instant};

use serde_json::Value;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_protocol::WeekRequest;

use program::{Program, Ran};

const TERM: &str = include_str!("../data/term/term.json");

fn file(body: &str) -> String {
    format!(r#"{{"format": "weekwise", "version": 1, {body}}}"#)
}

/// A schedule with an id that ends in `id`.
fn schedule(id: u8, keys: &str) -> String {
    format!(
        r#"{{"id": "01a0e707-2400-76d1-b9b5-0000000000{id:02x}", "day_of_week": 1, "start": "09:00", "end": "10:30",
             "valid_from": "2026-10-12", {keys}}}"#
    )
}

#[test]
fn the_term_is_printed_as_expected() {
    let program = Program::new();
    let ran = program.import(&program.file("term.json", TERM));
    assert_eq!(ran, Ran { code: Some(0), out: "added 73, changed 2, unchanged 0\n".into(), err: String::new() });
    let expected: Value =
        serde_json::from_str(include_str!("../data/term/expected.json")).expect("the expectation is JSON");
    assert_eq!(program.week_json("2026-10-01", "2027-02-28"), expected);
}

#[test]
fn reading_a_file_in_twice_changes_nothing() {
    let program = Program::new();
    let term = program.file("term.json", TERM);
    assert_eq!(program.import(&term).code, Some(0));
    assert_eq!(program.import(&term).out, "added 0, changed 0, unchanged 75\n");
}

#[test]
fn a_changed_row_is_told_from_an_unchanged_one() {
    let program = Program::new();
    let rows = |title: &str| {
        file(&format!(
            r#""schedules": [{}, {}]"#,
            schedule(1, &format!(r#""title": "{title}""#)),
            schedule(2, r#""day_of_week": 2"#)
        ))
    };
    assert_eq!(program.import(&program.file("a.json", rows("Algebra"))).out, "added 2, changed 0, unchanged 0\n");
    assert_eq!(program.import(&program.file("b.json", rows("Analysis"))).out, "added 0, changed 1, unchanged 1\n");
    assert_eq!(
        program.done(["week", "--from", "2026-10-12", "--to", "2026-10-12"]),
        "Mon 12 October 2026\n  09:00–10:30  Analysis\n"
    );
}

#[test]
fn every_bad_row_is_named_and_nothing_is_read_in() {
    let program = Program::new();
    let text = file(&format!(
        r#""schedules": [{}, {}], "exceptions": [{{"date": "2026-02-30", "kind": "cancelled"}}]"#,
        schedule(1, r#""title": "good""#),
        schedule(2, r#""end": "8:00", "color": "mauve""#),
    ));
    let bad = program.file("bad.json", text);
    let ran = program.import(&bad);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.out, "");
    assert_eq!(
        ran.err,
        format!(
            "weekwise: {} has 4 problems; nothing was read in\n  \
             schedules[1].end: the end 08:00 is not later than the start 09:00\n  \
             schedules[1].color: \"mauve\" is not a colour: use blue, green, amber, red, violet, teal, pink or slate\n  \
             exceptions[0].series_id: missing: an id (a UUID, such as 018f4e2a-7b3c-7d10-8a44-1c2b3d4e5f60) belongs here\n  \
             exceptions[0].date: \"2026-02-30\" is not a date: write it as YYYY-MM-DD, for example 2026-01-31\n",
            bad.display()
        )
    );
    assert_eq!(program.week_json("2026-10-12", "2026-10-12"), Value::Array(Vec::new()));
}

#[test]
fn a_file_of_another_kind_is_refused_in_words() {
    let program = Program::new();
    let cases: [(&[u8], &str); 4] = [
        (b"BEGIN:VCALENDAR\n", "line 1, column 1: this is not JSON"),
        (b"{\"format\": \"weekwise\", \"version\": 2}", "update Weekwise"),
        (b"{}", "a Weekwise file begins with {\"format\": \"weekwise\", \"version\": 1"),
        (b"{\"title\": \"\xff\"}", "UTF-8"),
    ];
    for (bytes, expected) in cases {
        let ran = program.import(&program.file("other", bytes));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(expected), "{ran:?}");
        let piped = program.run_with(["import", "-"], bytes);
        assert_eq!(piped.code, Some(2), "{piped:?}");
        assert!(piped.err.contains(expected), "{piped:?}");
    }
}

#[test]
fn segments_of_a_series_that_meet_are_refused() {
    let program = Program::new();
    let series = r#""series_id": "01a0e707-2400-76d1-b9b5-000000000001""#;
    let text = file(&format!(r#""schedules": [{}, {}]"#, schedule(1, series), schedule(2, series)));
    let meet = program.file("meet.json", text);
    let ran = program.import(&meet);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(
        ran.err,
        format!(
            "weekwise: {} has a problem; nothing was read in\n  \
             schedules[1]: it is valid on 2026-10-12, and so is schedules[0]: the schedules of a series follow one another\n",
            meet.display()
        )
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let program = Program::new();
    let missing = program.path("missing.json");
    let ran = program.import(&missing);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.starts_with("weekwise: ") && ran.err.contains("missing.json"), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
}

#[test]
fn wrong_arguments_are_one_line_and_exit_2() {
    let program = Program::new();
    let cases: [(&[&str], &str); 6] = [
        (&["week"], "--from <DATE>"),
        (&["week", "--from", "2026-02-30", "--to", "2026-03-01"], "is not a date"),
        (&["week", "--from", "2026-03-02", "--to", "2026-03-01"], "--from 2026-03-02 is later than --to 2026-03-01"),
        (&["wek"], "wek"),
        (&["import"], "<FILE>"),
        (&["doctor", "--loudly"], "--loudly"),
    ];
    for (arguments, expected) in cases {
        let ran = program.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.starts_with("weekwise: ") && ran.err.contains(expected), "{arguments:?}: {ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn help_and_version_are_asked_for() {
    let program = Program::new();
    assert_eq!(program.done(["--version"]), concat!("weekwise ", env!("CARGO_PKG_VERSION"), "\n"));
    let help = program.done(["--help"]);
    for word in ["week", "import", "export", "doctor", "--data-dir", "WEEKWISE_DATA_DIR"] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
    assert!(!program.folder().exists(), "help touches no data");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_window_says_so() {
    let ran = Program::new().run::<&str>([]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err, "weekwise: there is no display for the window; the commands need none (see weekwise --help)\n");
}

#[test]
fn the_week_is_a_table_by_date() {
    let program = Program::new();
    program.import(&program.file("term.json", TERM));
    assert_eq!(
        program.done(["week", "--from", "2026-12-10", "--to", "2026-12-12"]),
        "\
Thu 10 December 2026
  11:10–12:40  Linear Algebra I: second lecture       Audimax
  13:00–14:30  Physics for Engineers: exercise class  Seminarraum 011

Fri 11 December 2026
  13:00–14:30  Programming I: tutorial                PC-Pool 1
  14:50–16:20  Study group                            Library, group room 5
  16:40–18:10  Analysis I: exercise class             Seminarraum 105  [moved from Mon 14 December 2026]

Sat 12 December 2026
  09:20–12:40  Spanish A1                             Sprachenzentrum 4
  14:00–16:00  Climbing                               Sporthalle Süd
"
    );
    let changed = program.done(["week", "--from", "2026-12-07", "--to", "2026-12-07"]);
    assert!(changed.contains("Chemistry lecture hall  [changed]\n"), "{changed}");
    assert_eq!(
        program.done(["week", "--from", "2030-01-01", "--to", "2030-01-02"]),
        "Nothing takes place from 2030-01-01 to 2030-01-02.\n"
    );
}

#[test]
fn an_export_read_in_elsewhere_exports_the_same() {
    let (here, there) = (Program::new(), Program::new());
    here.import(&here.file("term.json", TERM));
    let first = here.path("first.json");
    assert_eq!(here.done(["export".as_ref(), first.as_os_str()]), "");
    assert_eq!(there.import(&first).code, Some(0));
    let second = there.path("second.json");
    there.done(["export".as_ref(), second.as_os_str()]);
    let text = std::fs::read_to_string(&first).expect("the export is there");
    assert_eq!(text, std::fs::read_to_string(&second).expect("the export is there"));
    assert_eq!(here.done(["export", "-"]), text);
    assert!(there.import(&first).out.starts_with("added 0, changed 0, unchanged "));
    assert_eq!(
        here.week_json("1900-01-01", "2200-12-31"),
        there.week_json("1900-01-01", "2200-12-31"),
        "both show the same"
    );
}

#[test]
fn an_export_replaces_a_file_only_when_told_to() {
    let program = Program::new();
    let path = program.file("taken.json", "mine");
    let ran = program.run(["export".as_ref(), path.as_os_str()]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err, format!("weekwise: {} is already there: give --force to replace it\n", path.display()));
    assert_eq!(std::fs::read_to_string(&path).expect("the file is there"), "mine");
    program.done(["export".as_ref(), path.as_os_str(), "--force".as_ref()]);
    assert!(std::fs::read_to_string(&path).expect("the file is there").starts_with("{\n  \"format\": \"weekwise\""));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new();
    program.import(&program.file("term.json", TERM));
    let export = program.path("export.json");
    program.done(["export".as_ref(), export.as_os_str()]);
    let mode = |path: &std::path::Path| {
        let metadata = std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&export), 0o600);
    assert_eq!(mode(&program.folder()), 0o700);
    assert_eq!(mode(&program.folder().join("local.sqlite")), 0o600);
}

#[test]
fn the_doctor_tells_how_the_data_is_kept() {
    let program = Program::new();
    program.import(&program.file("term.json", TERM));
    let report = program.done(["doctor"]);
    let line = |name: &str| {
        let found = report.lines().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("no {name} in:\n{report}")).trim_start_matches(name).trim().to_owned()
    };
    assert_eq!(line("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(line("integrity"), "ok");
    assert_eq!(line("writing"), "journal wal, synchronous full");
    assert_eq!(line("rows"), "24 schedules, 49 exceptions, 1 edits of history");
    assert!(line("file").contains(&program.folder().join("local.sqlite").display().to_string()), "{report}");
    assert!(line("keyring").starts_with("not available: ") || line("keyring") == "available", "{report}");
    assert!(line("web view").chars().next().is_some_and(|c| c.is_ascii_digit()), "{report}");
    assert!(!line("system").is_empty(), "{report}");
}

#[test]
fn a_data_folder_that_cannot_be_is_named() {
    let program = Program::new();
    let path = program.file("data", "a file where the folder belongs");
    let ran = program.run(["week", "--from", "2026-01-01", "--to", "2026-01-02"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.starts_with("weekwise: ") && ran.err.contains(&path.display().to_string()), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    let doctor = program.run(["doctor"]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.out.contains("cannot be opened") && doctor.out.contains("keyring"), "{doctor:?}");
}

#[test]
fn the_argument_outranks_the_environment() {
    let program = Program::new();
    let other = program.path("other");
    program.done(["--data-dir".as_ref(), other.as_os_str(), "export".as_ref(), "-".as_ref()]);
    assert!(other.join("local.sqlite").exists());
    assert!(!program.folder().exists());
}

#[tokio::test]
async fn a_file_is_read_in_beside_an_open_window_which_notices() {
    let program = Program::new();
    // What the window's process holds open.
    let app = App::open(DataFolder::at(program.folder()), Locale::default()).await.expect("the data opens");
    assert!(!app.changed_elsewhere().await);
    let ran = program.import(&program.file("term.json", TERM));
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "added 73, changed 2, unchanged 0\n"), "{ran:?}");
    let deadline = Instant::now() + Duration::from_secs(10);
    while !app.changed_elsewhere().await {
        assert!(Instant::now() < deadline, "the window did not notice");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let date = "2026-10-12".parse().expect("a date");
    let week =
        app.week(WeekRequest { date: Some(date), ..WeekRequest::default() }).await.expect("the week can be read");
    assert!(week.blocks.iter().any(|block| block.title.as_str() == "Linear Algebra I: lecture"));
    assert!(!app.changed_elsewhere().await, "told once");
    app.close().await;
}
