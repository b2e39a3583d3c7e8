//! Why a command failed, as it is told on standard error.

use std::process::ExitCode;

use weekwise_protocol::{Failure, FileProblem, Notice};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Trouble {
    exit: u8,
    message: String,
    rows: Vec<FileProblem>,
}

impl Trouble {
    /// What was given is wrong.
    pub(crate) fn bad_input(message: impl Into<String>) -> Self {
        Self { exit: 2, message: message.into(), rows: Vec::new() }
    }

    /// A file has bad rows.
    pub(crate) fn bad_rows(message: impl Into<String>, rows: Vec<FileProblem>) -> Self {
        Self { rows, ..Self::bad_input(message) }
    }

    /// Something else went wrong.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { exit: 1, message: message.into(), rows: Vec::new() }
    }

    /// Says it, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        eprintln!("weekwise: {}", self.message);
        for FileProblem { position, reason } in self.rows {
            eprintln!("  {position}: {reason}");
        }
        self.exit.into()
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { .. } => Self::bad_input(failure.to_string()),
            Failure::BadFile { problems } => Self::bad_rows("the file has bad rows", problems),
            _ => Self::failed(failure.to_string()),
        }
    }
}

/// Tells what the person should know about their data.
pub(super) fn note(notice: &Notice) {
    eprintln!("weekwise: {}", notice_in_words(notice));
}

/// What the person should know about their data, on one line: what happened, and what was done about it.
pub(super) fn notice_in_words(notice: &Notice) -> String {
    match notice {
        Notice::Rebuilt { set_aside, taken, edits, is_whole } => {
            let cause = match set_aside {
                Some(file) => format!("the data file was damaged and is now {file}"),
                None => "the data file was gone".to_owned(),
            };
            let basis = taken.map(|it| format!("the snapshot of {} {} and ", it.date, it.minute)).unwrap_or_default();
            let advice = if *is_whole { "" } else { "; later edits may be missing: look over what you changed last" };
            format!("{cause}: a new one was put together from {basis}{edits} later edits{advice}")
        }
        Notice::StartedAfresh { set_aside } => {
            format!("the data file was damaged and there was nothing to put it together from: it is now {set_aside}")
        }
        Notice::CaughtUp { edits } => format!("the data file lacked its last {edits} edits: they were done again"),
        Notice::DamageFound => {
            "the data file is damaged: start Weekwise again to have it put together again".to_owned()
        }
        Notice::SnapshotFailed { detail } => format!("the last snapshot could not be taken: {detail}"),
    }
}
