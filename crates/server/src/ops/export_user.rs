//! `export-user`: one person's week as a Weekwise file, which the desktop app reads as well.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use clap::Args;
use sqlx::PgConnection;
use weekwise_domain::Setting;
use weekwise_interchange::Document;

use super::{OpsError, person::Who, scratch};
use crate::{
    DatabaseConfig, UserId,
    db::{connect::connect, exception, schedule, setting},
    programs::private_file,
};

/// Its arguments.
#[derive(Debug, Args)]
pub struct ExportUser {
    #[command(flatten)]
    who: Who,
    /// A backup of any version to take it from. It is restored into a database for this time alone.
    #[arg(long, value_name = "BACKUP")]
    from: Option<PathBuf>,
    /// The file to write, which must not be there yet; the standard output unless given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl ExportUser {
    /// Whether it reads what is in the database, and not a backup.
    pub(super) fn is_from_database(&self) -> bool {
        self.from.is_none()
    }

    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        let document = match &self.from {
            Some(backup) => {
                scratch::with_backup(database, backup, now, async |connection| self.read(connection).await).await?
            }
            None => self.read(&mut connect(database).await?).await?,
        };
        let text = weekwise_interchange::write(&document);
        match &self.to {
            Some(path) => write(path, &text).map_err(OpsError::file(path, "written")),
            None => {
                std::io::stdout().write_all(text.as_bytes()).map_err(OpsError::file("the standard output", "written"))
            }
        }
    }

    async fn read(&self, connection: &mut PgConnection) -> Result<Document, OpsError> {
        let user = self.who.find(connection).await?;
        Ok(document(connection, &user).await?)
    }
}

/// What a person has: schedules, those in the trash too, exceptions, and what they have set.
async fn document(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Document> {
    let schedules = schedule::all(&mut *connection, user).await?;
    let exceptions = exception::all(&mut *connection, user).await?;
    let stored = setting::all(connection, user).await?;
    let settings = &stored.settings;
    let known = [
        ("slot_limit", Setting::SlotLimit(settings.slot_limit)),
        ("time_zone", Setting::TimeZone(settings.time_zone.clone())),
        ("first_weekday", Setting::FirstWeekday(settings.first_weekday)),
        ("clock", Setting::Clock(settings.clock)),
    ];
    Ok(Document {
        schedules: schedules.into_iter().map(|row| row.schedule).collect(),
        exceptions: exceptions.into_iter().filter_map(|row| Some((row.key, row.value?))).collect(),
        settings: known.into_iter().filter(|(name, _)| stored.revs.contains_key(*name)).map(|(_, it)| it).collect(),
    })
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = private_file(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}
