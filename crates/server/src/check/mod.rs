//! `check`: what is wrong with the rows, and what an operator should know of them.

mod notices;
mod rows;

use std::collections::HashMap;

use chrono::NaiveDate;
use futures_util::TryStreamExt as _;
use serde::Serialize;
use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;
use weekwise_domain::{Date, ExceptionKey, ScheduleId, SeriesId};

use crate::db::{
    adopt,
    checksum::{Checksum, RowKey},
};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something is wrong.
    Fault,
    /// Nothing is wrong, but there is something to know.
    Notice,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// Of what kind it is, for programs.
    pub kind: &'static str,
    /// What it is, for people.
    pub text: String,
}

impl Finding {
    fn fault(kind: &'static str, text: String) -> Self {
        Self { level: Level::Fault, kind, text }
    }

    pub(crate) fn notice(kind: &'static str, text: String) -> Self {
        Self { level: Level::Notice, kind, text }
    }
}

/// Looks at everything at one moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn check(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    let mut reading = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut findings = quarantine(&mut reading).await?;
    findings.extend(rows::faults(&mut reading).await?);
    findings.extend(revisions(&mut reading).await?);
    findings.extend(notices::over_the_limit(&mut reading).await?);
    findings.extend(notices::without_effect(&mut reading).await?);
    findings.extend(notes(&mut reading).await?);
    findings.extend(kept(&mut reading).await?);
    reading.rollback().await?;
    Ok(findings)
}

async fn quarantine(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    const FIND: &str = "SELECT source_table, source_id, coalesce(user_id, '?'), reason FROM adoption_quarantine \
        ORDER BY source_table, source_id";
    let rows: Vec<(String, i64, String, String)> = sqlx::query_as(FIND).fetch_all(connection).await?;
    let say = |(table, id, user, reason)| {
        Finding::fault("quarantine", format!("{table} {id} of user {user} is in adoption_quarantine: {reason}"))
    };
    Ok(rows.into_iter().map(say).collect())
}

async fn notes(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    const FIND: &str =
        "SELECT source_table, source_id, user_id, note FROM adoption_note ORDER BY source_table, source_id";
    let rows: Vec<(String, i64, String, String)> = sqlx::query_as(FIND).fetch_all(connection).await?;
    let say = |(table, id, user, note)| Finding::notice("adoption", format!("{table} {id} of user {user}: {note}"));
    Ok(rows.into_iter().map(say).collect())
}

async fn kept(connection: &mut PgConnection) -> sqlx::Result<Option<Finding>> {
    let adoption = adopt::status(connection).await?.filter(|adoption| adoption.forgotten_at.is_none());
    let say = |adoption: adopt::Adoption| {
        let text = format!(
            "the tables of before {} are still in the schema adopted, with the tokens of sessions as they were: \
             `weekwise-server adoption forget` throws them away",
            adoption.adopted_at.format("%Y-%m-%d")
        );
        Finding::notice("adopted", text)
    };
    Ok(adoption.map(say))
}

/// What the rows of a user add up to.
#[derive(Default)]
struct Sum {
    checksum: Checksum,
    highest: i64,
}

/// Every row was given its revision under the user's head row: so they add up to its checksum, and none is above it.
async fn revisions(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    const HEADS: &str = "SELECT user_id, rev, checksum FROM head ORDER BY user_id";
    let mut sums = sums(connection).await?;
    let mut findings = Vec::new();
    for row in sqlx::query(HEADS).fetch_all(connection).await? {
        let (user, rev): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        let sum = sums.remove(&user).unwrap_or_default();
        if sum.highest > rev {
            let highest = sum.highest;
            findings
                .push(Finding::fault("revision", format!("user {user} has a row {highest}, and the head is at {rev}")));
        }
        if row.try_get::<&[u8], _>(2)? != sum.checksum.to_bytes() {
            let text =
                format!("the rows of user {user} were changed past the server: they do not add up to the checksum");
            findings.push(Finding::fault("checksum", text));
        }
    }
    Ok(findings)
}

async fn sums(connection: &mut PgConnection) -> sqlx::Result<HashMap<String, Sum>> {
    const ROWS: &str = "SELECT user_id, rev, 's', id, NULL::date, NULL::text FROM schedule \
        UNION ALL SELECT user_id, rev, 'e', series_id, original_date, NULL FROM exception \
        UNION ALL SELECT user_id, rev, 'n', NULL, NULL, name FROM setting \
        UNION ALL SELECT user_id, rev, 't', schedule_id, NULL, NULL FROM tombstone \
        UNION ALL SELECT user_id, rev, 'c', id, NULL, NULL FROM conflict_copy";
    let mut sums: HashMap<String, Sum> = HashMap::new();
    let mut rows = sqlx::query(ROWS).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let rev: i64 = row.try_get(1)?;
        let id = |index| row.try_get::<Uuid, _>(index);
        let key = match row.try_get::<&str, _>(2)? {
            "s" => RowKey::Schedule(ScheduleId(id(3)?)),
            "e" => {
                let date = Date::try_from(row.try_get::<NaiveDate, _>(4)?);
                let date = date.map_err(|error| sqlx::Error::Decode(error.into()))?;
                RowKey::Exception(ExceptionKey { series_id: SeriesId(id(3)?), date })
            }
            "n" => RowKey::Setting(row.try_get(5)?),
            "t" => RowKey::Tombstone(ScheduleId(id(3)?)),
            _ => RowKey::ConflictCopy(id(3)?),
        };
        let sum = sums.entry(row.try_get(0)?).or_default();
        sum.checksum.add(key, rev);
        sum.highest = sum.highest.max(rev);
    }
    Ok(sums)
}
