//! `restore`: a backup into the database.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;
use sqlx::{Connection as _, PgConnection};

use super::{
    OpsError,
    aside::{self, ASIDE},
    clear::Ours,
    returning,
};
use crate::{
    DatabaseConfig,
    db::{
        adopt::{Report, Saved},
        connect::connect,
        epoch,
        migrate::{self, Status, migrate},
    },
};

/// Its arguments.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// Gives up what is in the database now.
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        let mut connection = connect(database).await?;
        if aside::is_there(&mut connection).await? {
            self.take_up(&mut connection).await?;
        }
        let there = Ours::find(&mut connection).await?;
        if !there.is_empty() && !self.replace {
            return Err(OpsError::refused(
                "the database has tables of Weekwise: restore into an empty one, or say --replace to give up what is in it",
            ));
        }
        connection.close().await?;
        let done = restore(database, &self.file, &there, now).await?;

        let mut connection = connect(database).await?;
        let [users, schedules, exceptions] = counts(&mut connection).await?;
        println!(
            "{} was restored: {users} users, {schedules} schedules, {exceptions} exceptions.",
            self.file.display()
        );
        if done.migrations > 0 {
            println!("It was of an older version: {} migrations were new.", done.migrations);
        }
        if let Some(adopted) = done.adopted {
            let Report { notes, quarantined, .. } = adopted;
            println!("It was of the server that Weekwise replaces, and was taken over.");
            if notes + quarantined > 0 {
                println!(
                    "`weekwise-server check` lists {} rows that were not taken over as they were.",
                    notes + quarantined
                );
            }
        }
        println!("A new epoch began: devices will bring what they have that the backup does not.");
        Ok(())
    }
}

impl Restore {
    /// A restore was cut off before. Where its tables can be worked on, what it replaced is of no use any more; where not,
    /// nobody has worked on them, and what was there before comes back first.
    async fn take_up(&self, connection: &mut PgConnection) -> Result<(), OpsError> {
        if !self.replace {
            return Err(OpsError::refused(format!(
                "a restore was cut off, and what it replaces is in the schema {ASIDE}: restore again, with --replace"
            )));
        }
        match migrate::status(connection).await? {
            Status::Ours { pending, .. } if pending.is_empty() => aside::forget(connection).await?,
            _ => aside::bring_back(connection).await?,
        }
        Ok(())
    }
}

/// What there was to do beside putting the backup in.
pub(super) struct Restored {
    migrations: usize,
    adopted: Option<Report>,
}

/// Puts a backup into a database in place of what is `there`, all or nothing, brings it up to date, and begins a new epoch.
pub(super) async fn restore(
    database: &DatabaseConfig,
    file: &Path,
    there: &Ours,
    now: DateTime<Utc>,
) -> Result<Restored, OpsError> {
    let mut connection = connect(database).await?;
    let after = last_words(&mut connection).await?;
    connection.close().await?;
    // Who still works on the tables is not waited for without end.
    let before = format!("SET lock_timeout = '10s';\n{}", there.put_aside());
    returning::put_in(database, file, before, after).await?;
    let not_finished = match finish(database, now).await {
        Ok(restored) => return Ok(restored),
        Err(error) => error,
    };
    let back = async { Ok::<_, OpsError>(aside::bring_back(&mut connect(database).await?).await?) };
    match back.await {
        Ok(()) => Err(OpsError::NotBroughtUpToDate(Box::new(not_finished))),
        Err(error) => Err(OpsError::NotBroughtBack(Box::new(error))),
    }
}

/// Brings what a backup brought up to date, and throws away what it replaces.
async fn finish(database: &DatabaseConfig, now: DateTime<Utc>) -> Result<Restored, OpsError> {
    let mut connection = connect(database).await?;
    let status = migrate::status(&mut connection).await?;
    let is_current = matches!(&status, Status::Ours { pending, .. } if pending.is_empty());
    let mut restored = Restored { migrations: 0, adopted: None };
    if !is_current {
        let migrated = migrate(database, &Saved::Already, now).await?;
        (restored.migrations, restored.adopted) = (migrated.versions.len(), migrated.adopted);
    }
    epoch::settle(&mut connection, now).await?;
    aside::forget(&mut connection).await?;
    // Nothing is known yet of how the rows are spread.
    sqlx::query("ANALYZE").execute(&mut connection).await?;
    connection.close().await?;
    Ok(restored)
}

/// What ends the script: it fails unless the backup brought tables of Weekwise, or of the server that it replaces, to where
/// the server looks for them.
///
/// The revisions since the backup were given out once, and must not be given out again for other rows. So its last epoch is
/// nowhere from now on: whoever works on the tables first begins a new one, also where this command is cut off.
async fn last_words(connection: &mut PgConnection) -> sqlx::Result<String> {
    let schema: Option<String> =
        sqlx::query_scalar("SELECT quote_ident(current_schema())").fetch_one(connection).await?;
    let schema = schema.unwrap_or_else(|| "public".to_owned());
    let literal = schema.replace('\'', "''");
    Ok(format!(
        "DO $weekwise$ BEGIN IF to_regclass('{literal}.head') IS NULL AND to_regclass('{literal}.schedule_exception') IS NULL \
         THEN RAISE EXCEPTION 'the file brings no tables of Weekwise to the schema {literal}'; END IF; \
         IF to_regclass('{literal}.epoch') IS NOT NULL \
         THEN UPDATE {schema}.epoch SET system_identifier = NULL, database_oid = NULL, timeline = NULL \
         WHERE number = (SELECT max(number) FROM {schema}.epoch); END IF; \
         END $weekwise$;\n"
    ))
}

async fn counts(connection: &mut PgConnection) -> sqlx::Result<[i64; 3]> {
    const COUNT: &str = r#"SELECT (SELECT count(*) FROM "user"), (SELECT count(*) FROM schedule),
        (SELECT count(*) FROM exception WHERE kind <> 'pattern')"#;
    let (users, schedules, exceptions) = sqlx::query_as(COUNT).fetch_one(connection).await?;
    Ok([users, schedules, exceptions])
}
