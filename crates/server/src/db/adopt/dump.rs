//! Saving a database before it is taken over.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    DatabaseConfig,
    programs::{self, ProgramError, private_file},
};

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
    /// Postgres's programs could not write it.
    #[error("the database could not be saved (save it yourself and say `--saved`)")]
    Program(#[from] ProgramError),
}

/// Writes a dump in Postgres's custom format into a folder, and makes sure that it can be read. Only its owner may read it,
/// since it holds what lets people sign in.
pub(super) async fn dump(config: &DatabaseConfig, folder: &Path, now: DateTime<Utc>) -> Result<PathBuf, DumpError> {
    let path = folder.join(format!("before-weekwise-{}.dump", now.format("%Y%m%dT%H%M%SZ")));
    fs::create_dir_all(folder)
        .and_then(|()| private_file(&path).map(drop))
        .map_err(|source| DumpError::File { path: path.clone(), source })?;
    programs::dump(config, &path).await?;
    programs::read_through(&path).await?;
    Ok(path)
}
