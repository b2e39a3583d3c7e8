//! Postgres's own client programs, which write and read backups. They get the password by `PGPASSWORD`, so that no list of
//! processes shows it.

use std::{
    fs, io,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use thiserror::Error;

use crate::DatabaseConfig;

/// Why one of them did not do its work.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// It could not be started.
    #[error(
        "{program} could not be started: install Postgres's client programs of at least the server's version, such as \
         Debian's postgresql-client"
    )]
    Start {
        /// The program.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It failed.
    #[error("{program} failed ({status}): {said}")]
    Failed {
        /// The program.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it said.
        said: String,
    },
}

/// Writes the whole database into a file in Postgres's custom format. What nobody would miss (unlogged tables) stays out.
pub(crate) async fn dump(config: &DatabaseConfig, file: &Path) -> Result<(), ProgramError> {
    let (address, password) = config.for_programs();
    let mut dump = Command::new("pg_dump");
    dump.args(["--format=custom", "--no-password", "--no-unlogged-table-data", "--file"]).arg(file);
    dump.arg("--dbname").arg(address);
    give_password(&mut dump, password);
    run("pg_dump", dump).await.map(drop)
}

/// What is in a file of the custom format: one line for each thing.
pub(crate) async fn list(file: &Path) -> Result<String, ProgramError> {
    let mut list = Command::new("pg_restore");
    list.arg("--list").arg(file);
    run("pg_restore", list).await
}

/// Reads a file of the custom format from end to end.
pub(crate) async fn read_through(file: &Path) -> Result<(), ProgramError> {
    let mut read = Command::new("pg_restore");
    read.args(["--file", if cfg!(windows) { "NUL" } else { "/dev/null" }]).arg(file);
    run("pg_restore", read).await.map(drop)
}

/// Makes a file that nobody but its owner may read, as a backup holds what lets people sign in.
pub(crate) fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(crate) fn give_password(command: &mut Command, password: Option<String>) {
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
}

/// Runs a program to its end, and returns what it wrote.
async fn run(program: &'static str, command: Command) -> Result<String, ProgramError> {
    let mut command = tokio::process::Command::from(command);
    let ran = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let ran = ran.map_err(|source| ProgramError::Start { program, source })?;
    judge(program, ran.status, &ran.stderr)?;
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

/// Whether a program did its work, by how it ended.
pub(crate) fn judge(program: &'static str, status: ExitStatus, said: &[u8]) -> Result<(), ProgramError> {
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(said);
    let mut last: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).rev().take(3).collect();
    last.reverse();
    Err(ProgramError::Failed { program, status, said: last.join(" ") })
}
