//! `weekwise doctor`: a thorough look at the data, and what the system offers.

use std::{
    fmt::{self, Write},
    time::Duration,
};

use weekwise_app::{App, DataFolder, Doctor, probe_keyring};
use weekwise_protocol::Failure;

use super::{Trouble, print, trouble::notice_in_words};
use crate::locale;

/// A keyring that is locked may wait for a person; the report does not.
const WAITS_FOR_KEYRING: Duration = Duration::from_secs(5);

/// Prints the report, also when the data cannot be opened.
pub(super) async fn doctor(folder: DataFolder) -> Result<(), Trouble> {
    let mut report = Report::default();
    let locale = locale::of_system();
    report.line("version", env!("CARGO_PKG_VERSION"));
    report.line("folder", folder.path().display());
    let trouble = match examine(folder).await {
        Ok(data) => {
            report.data(&data);
            (!data.problems.is_empty()).then(|| "the data file is damaged".to_owned())
        }
        Err(reason) => {
            report.line("data", format_args!("cannot be opened: {reason}"));
            Some("the data cannot be opened".to_owned())
        }
    };
    match probe_keyring(WAITS_FOR_KEYRING).await {
        Ok(()) => report.line("keyring", "available"),
        Err(trouble) => report.line("keyring", format_args!("not available: {trouble}: {}", trouble.advice())),
    }
    report.line("web view", tauri::webview_version().unwrap_or_else(|error| format!("not available: {error}")));
    let clock = match locale.clock {
        weekwise_domain::Clock::H12 => "12 hours",
        weekwise_domain::Clock::H24 => "24 hours",
    };
    let first = locale.first_weekday.number();
    report.line("system", format_args!("weeks from day {first} (0 is Sunday), {clock}, {}", locale.time_zone));
    print(&report.text)?;
    trouble.map_or(Ok(()), |message| Err(Trouble::failed(message)))
}

async fn examine(folder: DataFolder) -> Result<Doctor, String> {
    let app = App::open(folder, locale::of_system()).await.map_err(|error| error.to_string())?;
    let examined = app.doctor().await.map_err(|failure: Failure| failure.to_string());
    app.close().await;
    examined
}

#[derive(Default)]
struct Report {
    text: String,
}

impl Report {
    fn line(&mut self, name: &str, value: impl fmt::Display) {
        let _ = writeln!(self.text, "{name:<10} {value}");
    }

    fn data(&mut self, data: &Doctor) {
        self.line("file", format_args!("{} ({} bytes)", data.file, data.bytes));
        self.line("integrity", if data.problems.is_empty() { "ok" } else { "damaged:" });
        for problem in &data.problems {
            self.line("", problem);
        }
        self.line("tables", format_args!("version {}", data.tables));
        self.line("writing", format_args!("journal {}, synchronous {}", data.journal_mode, data.synchronous));
        let (schedules, exceptions, history) = (data.schedules, data.exceptions, data.history);
        self.line("rows", format_args!("{schedules} schedules, {exceptions} exceptions, {history} edits of history"));
        self.line("snapshots", data.snapshots.len());
        for snapshot in &data.snapshots {
            let state = if snapshot.is_good { "good" } else { "damaged" };
            let (taken, kind, file) = (&snapshot.taken, &snapshot.kind, &snapshot.file);
            self.line("", format_args!("{taken} {kind} {state} {file}"));
        }
        for file in &data.set_aside {
            self.line("set aside", file);
        }
        for notice in &data.notices {
            self.line("notice", notice_in_words(notice));
        }
    }
}
