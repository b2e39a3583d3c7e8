//! Saving a database with Postgres's own `pg_dump`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use chrono::{DateTime, Utc};
use thiserror::Error;
use tokio::process::Command;

use crate::DatabaseConfig;

/// Why there is no dump.
#[derive(Debug, Error)]
pub enum DumpError {
    /// Its file could not be made.
    #[error("the dump {} could not be made", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// One of Postgres's programs could not be started.
    #[error(
        "{program} could not be started: install Postgres's client programs of at least the server's version, or save the \
         database yourself and say `--saved`"
    )]
    Start {
        /// The program.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// One of them failed.
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

/// Writes a dump in Postgres's custom format into a folder, and makes sure that it can be read. Only its owner may read it,
/// since it holds what lets people sign in.
pub(super) async fn dump(config: &DatabaseConfig, folder: &Path, now: DateTime<Utc>) -> Result<PathBuf, DumpError> {
    let path = folder.join(format!("before-weekwise-{}.dump", now.format("%Y%m%dT%H%M%SZ")));
    fs::create_dir_all(folder)
        .and_then(|()| private_file(&path))
        .map_err(|source| DumpError::File { path: path.clone(), source })?;
    let (address, password) = config.for_programs();
    let mut dump = Command::new("pg_dump");
    dump.arg("--format=custom").arg("--file").arg(&path).arg("--dbname").arg(address);
    if let Some(password) = password {
        dump.env("PGPASSWORD", password);
    }
    run("pg_dump", dump).await?;
    let mut list = Command::new("pg_restore");
    list.arg("--list").arg(&path);
    run("pg_restore", list).await?;
    Ok(path)
}

fn private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn run(program: &'static str, mut command: Command) -> Result<(), DumpError> {
    let ran = command.stdin(Stdio::null()).output().await.map_err(|source| DumpError::Start { program, source })?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    let said = said.lines().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" ");
    Err(DumpError::Failed { program, status: ran.status, said })
}
