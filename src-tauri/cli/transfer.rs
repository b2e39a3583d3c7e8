//! `weekwise import` and `weekwise export`: Weekwise files in and out.

use std::{
    io::{self, Read},
    path::Path,
};

use weekwise_app::App;
use weekwise_domain::Subject;
use weekwise_protocol::{Edited, Failure, ImportText};

use super::Trouble;

/// How much of standard input is read: a byte more than a file may have, so that too much is noticed.
const MAX_BYTES: u64 = 64 * 1024 * 1024 + 1;

pub(super) async fn import(app: &App, file: &Path) -> Result<String, Trouble> {
    let edited = if is_dash(file) {
        app.import(ImportText { text: standard_input()? }).await
    } else {
        app.import_file(file).await
    };
    let Edited { summary, .. } = edited.map_err(|failure| match failure {
        Failure::BadFile { problems } => {
            let message = match problems.len() {
                1 => format!("{} has a problem; nothing was read in", file.display()),
                several => format!("{} has {several} problems; nothing was read in", file.display()),
            };
            Trouble::bad_rows(message, problems)
        }
        failure => failure.into(),
    })?;
    match summary.subject {
        Subject::Imported(tally) => {
            Ok(format!("added {}, changed {}, unchanged {}\n", tally.added, tally.changed, tally.unchanged))
        }
        _ => Err(Trouble::failed("the file was read in, but it is not known what it changed")),
    }
}

pub(super) async fn export(app: &App, file: &Path, force: bool) -> Result<String, Trouble> {
    if is_dash(file) {
        return Ok(app.export().await?);
    }
    if !force && file.symlink_metadata().is_ok() {
        return Err(Trouble::failed(format!("{} is already there: give --force to replace it", file.display())));
    }
    app.export_file(file).await?;
    Ok(String::new())
}

fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn standard_input() -> Result<String, Trouble> {
    let mut text = String::new();
    match io::stdin().lock().take(MAX_BYTES).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(Trouble::bad_input("standard input is not UTF-8 text"))
        }
        Err(error) => Err(Trouble::failed(format!("standard input: {error}"))),
    }
}
