//! `trash`: what a person put into the trash, and how it comes out again.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use weekwise_domain::{Edit, EditError, Request, SeriesId, SlotLimit};

use super::{OpsError, import_user::DEVICE, person::Who};
use crate::{
    DatabaseConfig, UserId,
    db::{
        connect::connect,
        pool::pool,
        schedule::{self, StoredSchedule},
    },
    ids::new_id,
    write::{Author, Write, WriteError},
};

/// Its commands.
#[derive(Debug, Subcommand)]
pub enum Trash {
    /// Lists it.
    List(Who),
    /// Takes slots out of it.
    Restore(Restore),
}

/// What comes out.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    who: Who,
    /// The number of a slot, as `trash list` shows it. All slots of its series come out.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    number: Vec<i64>,
    /// Takes everything out.
    #[arg(long)]
    all: bool,
    /// Where a weekday would have more slots than the person allows, allows as many.
    #[arg(long)]
    raise_limit: bool,
}

impl Trash {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        let connection = &mut connect(database).await?;
        match self {
            Self::List(who) => {
                let user = who.find(connection).await?;
                for row in in_the_trash(schedule::all(connection, &user).await?) {
                    say(&row);
                }
                Ok(())
            }
            Self::Restore(restore) => {
                let user = restore.who.find(connection).await?;
                let rows = in_the_trash(schedule::all(connection, &user).await?);
                restore.run(database, &user, &rows, now).await
            }
        }
    }
}

fn in_the_trash(rows: Vec<StoredSchedule>) -> Vec<StoredSchedule> {
    let mut rows: Vec<_> = rows.into_iter().filter(|row| !row.schedule.active).collect();
    rows.sort_by_key(|row| row.integer_id);
    rows
}

fn say(row: &StoredSchedule) {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let pattern = &row.schedule.pattern;
    println!(
        "{:>6}  {} {}–{}  in the trash since {}  {}",
        row.integer_id,
        DAYS[usize::from(pattern.day_of_week.number())],
        pattern.time.start(),
        pattern.time.end(),
        row.updated_at.format("%Y-%m-%d %H:%M UTC"),
        row.schedule.details.title,
    );
}

impl Restore {
    async fn run(
        &self,
        database: &DatabaseConfig,
        user: &UserId,
        rows: &[StoredSchedule],
        now: DateTime<Utc>,
    ) -> Result<(), OpsError> {
        let mut series = self.series(rows)?;
        series.sort_unstable();
        series.dedup();
        // All of them or none.
        let mut write = Write::begin(&pool(database), user).await?;
        for &series_id in &series {
            self.take_out(&mut write, series_id, now).await?;
        }
        write.commit().await?;
        println!("{} slots are out of the trash.", series.len());
        Ok(())
    }

    fn series(&self, rows: &[StoredSchedule]) -> Result<Vec<SeriesId>, OpsError> {
        let of = |row: &StoredSchedule| row.schedule.pattern.series_id;
        if self.all {
            return Ok(rows.iter().map(of).collect());
        }
        let find = |number: &i64| {
            let found = rows.iter().find(|row| row.integer_id == *number).map(of);
            found.ok_or_else(|| {
                OpsError::refused(format!("slot {number} is not in the trash: `trash list` names those that are"))
            })
        };
        self.number.iter().map(find).collect()
    }

    async fn take_out(&self, write: &mut Write, series_id: SeriesId, now: DateTime<Utc>) -> Result<(), OpsError> {
        let author = || Author { op: new_id(now), device: DEVICE, made_at: now };
        let request = |raise_slot_limit| Request { edit: Edit::Restore { series_id }, raise_slot_limit };
        match write.edit(&request(None), author()).await {
            Err(WriteError::Refused(EditError::SlotLimit { over, .. })) if self.raise_limit => {
                let limit = SlotLimit::try_from(i64::from(over.slots)).unwrap_or(SlotLimit::MAX);
                Ok(write.edit(&request(Some(limit)), author()).await?)
            }
            Err(WriteError::Refused(why @ EditError::SlotLimit { .. })) => {
                Err(OpsError::refused(format!("{why}: say --raise-limit to allow as many")))
            }
            done => Ok(done?),
        }
    }
}
