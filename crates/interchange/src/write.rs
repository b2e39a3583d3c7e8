//! Writing a file: the same rows give the same text, whatever order they come in.

use serde::Serialize;

use crate::{Document, FORMAT, VERSION, exception, schedule, settings};

#[derive(Serialize)]
struct File<'a> {
    format: &'static str,
    version: i64,
    schedules: Vec<schedule::Row<'a>>,
    exceptions: Vec<exception::Row<'a>>,
    settings: settings::Row<'a>,
}

/// The text of a file that holds `document`: schedules by id, exceptions by series and date. Settings of the
/// device (the theme, the hidden weekend) are left out. It ends in a line break.
pub fn write(document: &Document) -> String {
    let mut schedules: Vec<_> = document.schedules.iter().collect();
    schedules.sort_by_key(|row| row.id);
    let mut exceptions: Vec<_> = document.exceptions.iter().collect();
    exceptions.sort_by_key(|(key, _)| *key);
    let file = File {
        format: FORMAT,
        version: VERSION,
        schedules: schedules.into_iter().map(schedule::Row::from).collect(),
        exceptions: exceptions.into_iter().map(exception::Row::from).collect(),
        settings: document.settings.as_slice().into(),
    };
    let mut text = serde_json::to_string_pretty(&file).expect("texts, numbers and lists always serialise");
    text.push('\n');
    text
}
