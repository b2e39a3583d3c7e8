//! A full week, in files of its own: 100 slots, which every week has.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

/// How many slots the week holds.
const SLOTS: usize = 100;

/// Folders for both windows, and the data of the one under test.
pub(crate) struct Sample {
    home: TempDir,
}

impl Sample {
    pub(crate) fn make() -> Self {
        let sample = Self { home: tempfile::tempdir().expect("a folder for what is measured") };
        let file = sample.path("week.json");
        std::fs::write(&file, week()).expect("the sample can be written");
        let imported = Command::new(weekwise()).arg("--data-dir").arg(sample.data()).arg("import").arg(&file).output();
        let imported = imported.expect("the program runs");
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        sample
    }

    /// The data folder of the window under test.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A path beside it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
}

/// The program under test.
pub(crate) fn weekwise() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_weekwise"))
}

/// Slots of 40 minutes from six o'clock on, spread over seven days.
fn week() -> String {
    let slot = |number: usize| {
        let start = 6 * 60 + (number / 7) * 60;
        let color = ["blue", "green", "amber", "red", "violet"][number % 5];
        let time = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
        json!({
            "id": format!("01a0e707-2400-76d1-b9b5-{number:012x}"), "day_of_week": number % 7,
            "start": time(start), "end": time(start + 40), "valid_from": "2016-01-03",
            "title": format!("Course {number}"), "location": format!("Room {}", 100 + number),
            "color": color,
        })
    };
    let schedules: Vec<_> = (0..SLOTS).map(slot).collect();
    json!({ "format": "weekwise", "version": 1, "schedules": schedules, "exceptions": [] }).to_string()
}
