//! `import-user`: what a person deleted comes back from a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use chrono::{DateTime, Utc};
use clap::Args;
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid, Variant, Version};
use weekwise_domain::{Edit, EditError, Exception, ExceptionKey, Schedule, ScheduleId, SeriesId};
use weekwise_interchange::Document;

use super::{OpsError, person::Who};
use crate::{
    DatabaseConfig,
    db::{connect::connect, pool::pool},
    ids::new_id,
    write::{Author, Write, WriteError},
};

/// The device that is recorded as having made what operators do.
pub(super) const DEVICE: &str = "operator";

/// Its arguments.
#[derive(Debug, Args)]
pub struct ImportUser {
    #[command(flatten)]
    who: Who,
    /// A Weekwise file, such as `export-user` writes.
    file: PathBuf,
    /// Only says what would come back.
    #[arg(long)]
    dry_run: bool,
}

impl ImportUser {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        let text = fs::read_to_string(&self.file).map_err(OpsError::file(&self.file, "read"))?;
        let document = weekwise_interchange::read(&text).map_err(|problems| {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            OpsError::refused(format!("{} is no Weekwise file: {first}", self.file.display()))
        })?;
        let user = self.who.find(&mut connect(database).await?).await?;
        let mut write = Write::begin(&pool(database), &user).await?;
        let done = import(&mut write, &document, now).await?;
        if !self.dry_run {
            write.commit().await?;
        }
        let came = if self.dry_run { "would come back" } else { "came back" };
        println!(
            "{} slots {came} out of the trash, {} that were gone, {} exceptions.",
            done.from_the_trash, done.anew, done.exceptions
        );
        println!(
            "{} rows of the file are there, as they are in it or changed since: they stay as they are.",
            done.there
        );
        for (series, why) in &done.refused {
            println!("Series {series} did not come back: {why}.");
        }
        Ok(())
    }
}

/// What became of the rows of a file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Done {
    from_the_trash: usize,
    anew: usize,
    exceptions: usize,
    there: usize,
    refused: Vec<(SeriesId, EditError)>,
}

/// Brings back what is gone or in the trash; what is there in whatever form is newer than the file and stays.
async fn import(write: &mut Write, document: &Document, now: DateTime<Utc>) -> Result<Done, OpsError> {
    let mut done = Done::default();
    for (series, part) in parts(document, &write.buried().await?) {
        write.load_exceptions(part.exceptions.iter().map(|(key, _)| *key)).await?;
        let mut schedules = Vec::new();
        let (mut from_the_trash, mut anew) = (0, 0);
        for row in part.schedules {
            match write.schedule(row.id) {
                None => {
                    anew += 1;
                    schedules.push(row);
                }
                Some(known) if row.active && !known.schedule.active => {
                    from_the_trash += 1;
                    schedules.push(Schedule { active: true, ..known.schedule.clone() });
                }
                Some(_) => done.there += 1,
            }
        }
        let of_file = part.exceptions.len();
        let exceptions: Vec<_> =
            part.exceptions.into_iter().filter(|(key, _)| write.exception(*key).is_none()).collect();
        done.there += of_file - exceptions.len();

        let exceptions_count = exceptions.len();
        let edit = Edit::Import { schedules, exceptions, settings: Vec::new() };
        let author = Author { op: new_id(now), device: DEVICE, made_at: now };
        match write.edit(&edit.into(), author).await {
            Ok(()) => {
                done.from_the_trash += from_the_trash;
                done.anew += anew;
                done.exceptions += exceptions_count;
            }
            Err(WriteError::Refused(why)) => done.refused.push((series, why)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done)
}

/// A series of a file, with the ids that it can have now.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    schedules: Vec<Schedule>,
    exceptions: Vec<(ExceptionKey, Exception)>,
}

/// The series of a file. What was removed for good gets other ids, since devices would not take the old ones again: always
/// the same ones, so that a file that is read in twice brings nothing a second time.
fn parts(document: &Document, buried: &BTreeSet<ScheduleId>) -> BTreeMap<SeriesId, Part> {
    let mut segments: BTreeMap<SeriesId, Vec<(&Schedule, Schedule)>> = BTreeMap::new();
    for row in &document.schedules {
        segments.entry(row.pattern.series_id).or_default().push((row, placed(row, buried)));
    }
    let mut parts: BTreeMap<SeriesId, Part> = BTreeMap::new();
    for (key, exception) in &document.exceptions {
        // It goes where the segment goes that is valid on its date.
        let of_series = segments.get(&key.series_id).map(Vec::as_slice).unwrap_or_default();
        let its_own = of_series.iter().find(|(row, _)| row.pattern.validity.contains(key.date)).or(of_series.first());
        if let Some((_, row)) = its_own {
            let series_id = row.pattern.series_id;
            let part = parts.entry(series_id).or_default();
            part.exceptions.push((ExceptionKey { series_id, ..*key }, exception.clone()));
        }
    }
    for (_, row) in segments.into_values().flatten() {
        parts.entry(row.pattern.series_id).or_default().schedules.push(row);
    }
    parts
}

/// A schedule with the ids that it can have now.
fn placed(row: &Schedule, buried: &BTreeSet<ScheduleId>) -> Schedule {
    let mut row = row.clone();
    while buried.contains(&row.id) {
        row.id = ScheduleId(following(row.id.0));
        row.pattern.series_id = SeriesId(following(row.pattern.series_id.0));
    }
    row
}

/// The id that follows one that is not to be used again. It sorts by the same moment.
fn following(id: Uuid) -> Uuid {
    const MOMENT: usize = 6;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(id)[..16]);
    bytes[..MOMENT].copy_from_slice(&id.as_bytes()[..MOMENT]);
    Builder::from_bytes(bytes).with_version(Version::SortRand).with_variant(Variant::RFC4122).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::check,
        db::{exception, schedule},
        facade,
        postgres::Database,
    };
    use weekwise_domain::{TimeRange, Weekday};

    async fn imported(database: &Database, document: &Document) -> Done {
        let user = crate::UserId::from("ada".to_owned());
        let mut write = Write::begin(&database.pool(), &user).await.unwrap();
        let done = import(&mut write, document, Utc::now()).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(check(&mut database.connect().await).await.unwrap(), []);
        done
    }

    async fn edit(database: &Database, edit: Edit) {
        let user = crate::UserId::from("ada".to_owned());
        let mut write = Write::begin(&database.pool(), &user).await.unwrap();
        let author = Author { op: Uuid::now_v7(), device: "test", made_at: Utc::now() };
        write.edit(&edit.into(), author).await.unwrap();
        write.commit().await.unwrap();
    }

    /// A slot with a cancelled date, as it is, and what a file has of it.
    async fn with_slot(database: &Database) -> (Schedule, Document) {
        let user = database.user("ada").await;
        let time = TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap();
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let id = facade::create_schedule(&database.pool(), &user, Weekday::MONDAY, time, now).await.unwrap().id;
        facade::delete_slot(&database.pool(), &user, id, "2026-11-30".parse().unwrap(), now).await.unwrap();
        let connection = &mut database.connect().await;
        let schedules: Vec<_> = schedule::all(connection, &user).await.unwrap();
        let exceptions = exception::all(connection, &user).await.unwrap();
        let document = Document {
            schedules: schedules.iter().map(|row| row.schedule.clone()).collect(),
            exceptions: exceptions.into_iter().map(|row| (row.key, row.value.unwrap())).collect(),
            settings: Vec::new(),
        };
        (schedules[0].schedule.clone(), document)
    }

    const SLOTS: &str = "SELECT id, active FROM schedule";

    #[tokio::test]
    async fn what_is_in_the_trash_comes_out_of_it_as_it_is_now() {
        let database = Database::ready().await;
        let (slot, document) = with_slot(&database).await;
        let series_id = slot.pattern.series_id;
        edit(&database, Edit::PutBack { series_id, date: "2026-11-30".parse().unwrap() }).await;
        edit(&database, Edit::Trash { series_id }).await;

        let done = imported(&database, &document).await;
        assert_eq!(done, Done { from_the_trash: 1, there: 1, ..Done::default() });
        assert_eq!(database.rows(SLOTS).await, [format!("{}|true", slot.id)]);
        assert_eq!(database.rows("SELECT kind FROM exception").await, ["pattern"], "put back after the backup");
        let revs = "SELECT rev FROM head";
        let before = database.rows(revs).await;
        assert_eq!(imported(&database, &document).await, Done { there: 2, ..Done::default() });
        assert_eq!(database.rows(revs).await, before);
    }

    #[tokio::test]
    async fn what_was_removed_for_good_comes_back_once_under_another_id() {
        let database = Database::ready().await;
        let (slot, document) = with_slot(&database).await;
        let series_id = slot.pattern.series_id;
        let purge = async |series_id| {
            edit(&database, Edit::Trash { series_id }).await;
            edit(&database, Edit::Purge { series_id }).await;
        };
        purge(series_id).await;
        assert_eq!(imported(&database, &document).await, Done { anew: 1, exceptions: 1, ..Done::default() });
        let again = following(slot.id.0);
        assert_eq!(database.rows(SLOTS).await, [format!("{again}|true")]);
        let cancelled = database.rows("SELECT series_id FROM exception WHERE kind = 'cancelled'").await;
        assert_eq!(cancelled, [again.to_string()]);
        assert_eq!(imported(&database, &document).await, Done { there: 2, ..Done::default() });

        purge(SeriesId(again)).await;
        assert_eq!(imported(&database, &document).await, Done { anew: 1, exceptions: 1, ..Done::default() });
        assert_eq!(database.rows(SLOTS).await, [format!("{}|true", following(again))]);
    }

    #[tokio::test]
    async fn an_account_that_was_made_anew_gets_its_rows_as_they_were() {
        let database = Database::ready().await;
        let (slot, document) = with_slot(&database).await;
        crate::db::user::delete(&database.pool(), &crate::UserId::from("ada".to_owned())).await.unwrap();
        database.user("ada").await;
        assert_eq!(imported(&database, &document).await, Done { anew: 1, exceptions: 1, ..Done::default() });
        assert_eq!(database.rows(SLOTS).await, [format!("{}|true", slot.id)]);
    }
}
