//! The commands of those who run the server, a file for each: `docs/operations.md` says when to use which.
//!
//! They work on the database of `DATABASE_URL`, beside a server that runs. What they change in a week goes through the one
//! write path, so that the person's devices learn of it.

mod aside;
mod backup;
mod backups;
mod check;
mod clear;
mod error;
mod export_user;
mod import_user;
mod maintain;
mod person;
mod plain;
mod repair;
mod reset;
mod restore;
mod returning;
mod scratch;
mod sessions;
mod trash;
mod user;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use sqlx::Connection as _;

pub use error::OpsError;

use crate::{
    DatabaseConfig,
    db::{
        connect::connect,
        migrate::{settle, up_to_date},
    },
};

/// A command with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says what is wrong with the data. Ends with 1 if anything is.
    Check(check::Check),
    /// Writes a backup into a folder, makes sure that it can be read, and removes older ones.
    Backup(backup::Backup),
    /// Puts a backup of any version into the database: one of this command, or what pg_dump wrote (custom, .sql, .sql.gz).
    Restore(restore::Restore),
    /// Writes one person's week as a Weekwise file, from the database or from a backup.
    ExportUser(export_user::ExportUser),
    /// Brings back what a person deleted, from a Weekwise file. What is there stays as it is.
    ImportUser(import_user::ImportUser),
    /// About what a person put into the trash.
    #[command(subcommand)]
    Trash(trash::Trash),
    /// About the people who have an account.
    #[command(subcommand)]
    User(user::User),
    /// About who is signed in.
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Tidies up: ended sessions, bodies of old edits, dead rows and swollen indexes. Says what takes how much room.
    Maintain(maintain::Maintain),
    /// Throws everything away and makes empty tables. Not in production.
    Reset(reset::Reset),
}

impl Command {
    /// Whether it works on the tables of this version. The others take the database as it is.
    fn needs_tables(&self) -> bool {
        !matches!(self, Self::Backup(_) | Self::Restore(_) | Self::Reset(_))
    }

    /// Whether it changes nothing in the database: then it may be a standby.
    fn only_reads(&self) -> bool {
        match self {
            Self::Check(check) => !check.repair,
            Self::ExportUser(export) => export.is_from_database(),
            Self::Trash(trash) => matches!(trash, trash::Trash::List(_)),
            Self::User(user) => matches!(user, user::User::List),
            _ => false,
        }
    }
}

/// Runs a command with the settings that `environment` has.
///
/// # Errors
/// When it could not do its work, with what to do.
pub async fn run(
    command: Command,
    environment: impl Fn(&str) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<ExitCode, OpsError> {
    let database = DatabaseConfig::read(&environment)?;
    if command.needs_tables() {
        let mut connection = connect(&database).await?;
        up_to_date(&mut connection).await?;
        if !command.only_reads() {
            settle(&mut connection, now).await?;
        }
        connection.close().await?;
    }
    match command {
        Command::Check(command) => return command.run(&database, now).await,
        Command::Backup(command) => command.run(&database, now).await?,
        Command::Restore(command) => command.run(&database, now).await?,
        Command::ExportUser(command) => command.run(&database, now).await?,
        Command::ImportUser(command) => command.run(&database, now).await?,
        Command::Trash(command) => command.run(&database, now).await?,
        Command::User(command) => command.run(&database).await?,
        Command::Sessions(command) => command.run(&database).await?,
        Command::Maintain(command) => command.run(&database, now).await?,
        Command::Reset(command) => {
            let production = environment("NODE_ENV").is_some_and(|environment| environment == "production");
            command.run(&database, production, now).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
