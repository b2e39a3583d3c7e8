//! Why a command of the operators did not do its work.

use std::{io, path::PathBuf};

use thiserror::Error;

use super::aside::ASIDE;
use crate::{
    ConfigError,
    db::{
        connect::ConnectError,
        migrate::{MigrateError, NotReady},
    },
    programs::ProgramError,
    write::WriteError,
};

/// One line that says what to do, with what led to it as its source.
#[derive(Debug, Error)]
pub enum OpsError {
    /// It cannot be done as it was asked for.
    #[error("{0}")]
    Refused(String),
    /// A setting is missing or cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A file could not be read or written.
    #[error("{} could not be {done}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What should have been done to it.
        done: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The database has not the tables of this version.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// One of Postgres's programs failed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The tables could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Nothing was written to a week.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A backup of an older version could not be brought up to date.
    #[error("the backup could not be brought up to date, so the database is as it was before")]
    NotBroughtUpToDate(#[source] Box<Self>),
    /// And what it replaced could not be brought back.
    #[error(
        "the backup could not be brought up to date, and what it replaces is still in the schema {ASIDE}: \
         restore again with --replace, which takes it from there"
    )]
    NotBroughtBack(#[source] Box<Self>),
    /// The database refused, or went away.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
}

impl OpsError {
    pub(super) fn refused(what_to_do: impl Into<String>) -> Self {
        Self::Refused(what_to_do.into())
    }

    /// For `map_err`: `path` could not be `done`.
    pub(super) fn file(path: impl Into<PathBuf>, done: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, done, source }
    }
}
