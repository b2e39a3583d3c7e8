//! Failures in words: what happened and what to do.

use weekwise_domain::EditError;
use weekwise_protocol::{Failure, StorageFault};

use crate::ipc::CallError;
use crate::words::Words;

/// A failure in one or two sentences.
pub fn told(error: &CallError, words: &Words) -> String {
    let texts = &words.texts;
    match error {
        CallError::Broken(detail) => texts.with("failure-call", [("detail", detail.as_str().into())]),
        CallError::Failed(Failure::Refused { error }) => told_edit(error, words),
        CallError::Failed(Failure::BadFile { problems }) => {
            texts.with("failure-bad-file", [("n", problems.len().into())])
        }
        CallError::Failed(Failure::Account { error }) => super::account::trouble_told(error, words),
        CallError::Failed(Failure::NothingToUndo) => texts.get("toast-nothing"),
        CallError::Failed(Failure::System { detail }) => {
            texts.with("failure-system", [("detail", detail.as_str().into())])
        }
        CallError::Failed(Failure::Storage { fault, detail }) => match fault {
            StorageFault::DiskFull => texts.get("failure-disk-full"),
            StorageFault::ReadOnly => texts.get("failure-read-only"),
            StorageFault::Busy => texts.get("failure-busy"),
            StorageFault::Gone => texts.get("failure-gone"),
            StorageFault::Damaged => texts.get("failure-damaged"),
            StorageFault::Newer => texts.get("failure-newer"),
            StorageFault::Disk => texts.with("failure-disk", [("detail", detail.as_str().into())]),
            StorageFault::Other => texts.with("failure-other", [("detail", detail.as_str().into())]),
        },
    }
}

fn told_edit(error: &EditError, words: &Words) -> String {
    let texts = &words.texts;
    let on = |id: &str, date| texts.with(id, [("date", words.date_short(date).into())]);
    match error {
        EditError::UnknownSeries { .. } => texts.get("failure-unknown-series"),
        EditError::IdTaken { .. } => texts.get("failure-id-taken"),
        EditError::InTrash { .. } => texts.get("failure-in-trash"),
        EditError::NotInTrash { .. } => texts.get("failure-not-in-trash"),
        EditError::NotADate { date } => on("failure-not-a-date", *date),
        EditError::NothingToPutBack { date } => on("failure-nothing-to-put-back", *date),
        EditError::NoDates => texts.get("failure-no-dates"),
        EditError::NotOpen => texts.get("failure-not-open"),
        EditError::SegmentsMeet { date, .. } => on("failure-segments-meet", *date),
        EditError::SlotLimit { over, limit } => {
            let values = [
                ("weekday", words.weekday(over.weekday).into()),
                ("slots", over.slots.saturating_sub(1).into()),
                ("limit", i64::from(limit.number()).into()),
                ("date", words.date_medium(over.first).into()),
            ];
            texts.with("limit-refused", values)
        }
    }
}
