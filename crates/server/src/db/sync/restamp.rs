//! Rows whose revisions are counted to another epoch: their stamps change, and nothing else.

use chrono::NaiveDate;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;
use weekwise_protocol::sync::{Row, RowKey};
use weekwise_sync::Rows;

use super::{Stamps, unknown};
use crate::UserId;

/// Stores the stamps of rows, a statement for each kind however many there are.
pub(crate) async fn restamp(connection: &mut PgConnection, user: &UserId, rows: &Rows) -> sqlx::Result<()> {
    let (mut by_id, mut exceptions, mut settings) = ([(); 3].map(|()| Vec::new()), Vec::new(), Vec::new());
    let [schedules, tombstones, copies] = &mut by_id;
    for row in rows.iter() {
        match &row.key {
            RowKey::Schedule(id) => schedules.push((id.0, row)),
            RowKey::Tombstone(id) => tombstones.push((id.0, row)),
            RowKey::ConflictCopy(id) => copies.push((id.0, row)),
            RowKey::Exception(key) => exceptions.push((key.series_id.0, NaiveDate::from(key.date), row)),
            RowKey::Setting(name) => settings.push((name.as_str(), row)),
            RowKey::Other { .. } => return Err(unknown(&row.key)),
        }
    }
    const BY_ID: [&str; 3] = [
        "UPDATE schedule SET stamps = new.stamps FROM unnest($2::uuid[], $3::jsonb[]) new (id, stamps) \
         WHERE user_id = $1 AND schedule.id = new.id",
        "UPDATE tombstone SET stamps = new.stamps FROM unnest($2::uuid[], $3::jsonb[]) new (id, stamps) \
         WHERE user_id = $1 AND schedule_id = new.id",
        "UPDATE conflict_copy SET stamps = new.stamps FROM unnest($2::uuid[], $3::jsonb[]) new (id, stamps) \
         WHERE user_id = $1 AND conflict_copy.id = new.id",
    ];
    for (sql, rows) in BY_ID.into_iter().zip(by_id) {
        let (ids, stamps): (Vec<Uuid>, Vec<_>) = rows.into_iter().map(|(id, row)| (id, stamps_of(row))).unzip();
        sqlx::query(sql).bind(user).bind(ids).bind(stamps).execute(&mut *connection).await?;
    }
    const EXCEPTIONS: &str = "UPDATE exception SET stamps = new.stamps \
        FROM unnest($2::uuid[], $3::date[], $4::jsonb[]) new (series_id, original_date, stamps) \
        WHERE user_id = $1 AND exception.series_id = new.series_id AND exception.original_date = new.original_date";
    let query = sqlx::query(EXCEPTIONS).bind(user);
    let query = query.bind(exceptions.iter().map(|it| it.0).collect::<Vec<_>>());
    let query = query.bind(exceptions.iter().map(|it| it.1).collect::<Vec<_>>());
    query.bind(exceptions.iter().map(|it| stamps_of(it.2)).collect::<Vec<_>>()).execute(&mut *connection).await?;
    const SETTINGS: &str = "UPDATE setting SET stamps = new.stamps FROM unnest($2::text[], $3::jsonb[]) new (name, stamps) \
        WHERE user_id = $1 AND setting.name = new.name";
    let (names, stamps): (Vec<&str>, Vec<_>) = settings.into_iter().map(|(name, row)| (name, stamps_of(row))).unzip();
    sqlx::query(SETTINGS).bind(user).bind(names).bind(stamps).execute(connection).await?;
    Ok(())
}

fn stamps_of(row: &Row) -> Json<Stamps> {
    Json(Stamps::of(row))
}
