//! Why a command failed, as it is told on standard error.

use std::process::ExitCode;

use weekwise_protocol::{Failure, FileProblem};

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
