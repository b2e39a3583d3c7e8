//! `weekwise man`: the manual pages, made from the very declaration that the arguments are read with, so that they
//! cannot say anything else. Packages are built with it; a person reads the pages with `man weekwise`.

use std::{fs, io, path::Path};

use clap::Command;
use clap_mangen::Man;

use super::Trouble;

/// What no declaration of arguments says, in man's own language (man(7)).
const MORE: &str = r#".SH ENVIRONMENT
.TP
\fBWEEKWISE_DATA_DIR\fR
The folder that holds the data, unless \fB\-\-data\-dir\fR names one.
.SH FILES
.TP
\fI~/.local/share/weekwise/local.sqlite\fR
The week. On macOS the folder is \fI~/Library/Application Support/weekwise\fR.
.TP
\fI~/.local/share/weekwise/snapshots/\fR
The last seven daily copies, and those taken before the tables changed.
.TP
\fI~/.local/share/weekwise/damaged/\fR
Files that were found damaged and set aside. Nothing in it is ever deleted.
.TP
\fI~/.local/share/weekwise/accounts/\fR
A folder for each account, with its week and its copies. With \fB\-\-session\-in\-file\fR also the session, not encrypted.
.SH EXIT STATUS
.TP
\fB0\fR
All went well.
.TP
\fB2\fR
What was given is wrong: an argument, or a file.
.TP
\fB1\fR
Anything else went wrong.
"#;

/// Writes a page for the program and one for each of its commands into `folder`.
pub(super) fn write(program: Command, folder: &Path) -> Result<(), Trouble> {
    // The command `help` is clap's own; `man weekwise` says as much.
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let pages = commands.map(|command| page(command, "")).chain([page(program.clone(), MORE)]);
    fs::create_dir_all(folder)
        .and_then(|()| {
            for page in pages {
                let (name, text) = page?;
                fs::write(folder.join(name), text)?;
            }
            Ok(())
        })
        .map_err(|error| Trouble::failed(format!("{}: {error}", folder.display())))
}

fn page(command: Command, more: &str) -> io::Result<(String, Vec<u8>)> {
    let page = Man::new(command).manual("Weekwise");
    let mut text = Vec::new();
    page.render(&mut text)?;
    text.extend_from_slice(more.as_bytes());
    Ok((page.get_filename(), text))
}
