//! Writing converted rows, many users at a time.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Report,
    convert::{Converted, Copy, NewException, NewSchedule, Remark, SCHEDULE, convert},
    reference::{self, OldException, OldSchedule},
};
use crate::{
    db::{
        checksum::RowKey,
        exception::ValueColumns,
        head::{Head, Stamp},
    },
    ids::new_id,
};

/// How many users are converted at once. Their rows are in memory meanwhile.
const AT_ONCE: i64 = 500;

/// The device that is recorded as having made all that was there.
pub(super) const DEVICE: &str = "adoption";

/// Converts the weeks of all users.
pub(super) async fn weeks(connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Report> {
    const USERS: &str = r#"SELECT "_id" FROM "user" WHERE $1::text IS NULL OR "_id" > $1 ORDER BY "_id" LIMIT $2"#;
    let epoch: i32 = sqlx::query_scalar("SELECT max(number) FROM epoch").fetch_one(&mut *connection).await?;
    let mut report = Report::default();
    let mut last: Option<String> = None;
    loop {
        let query = sqlx::query_scalar(USERS).bind(&last).bind(AT_ONCE);
        let users: Vec<String> = query.fetch_all(&mut *connection).await?;
        let Some(end) = users.last() else { break };
        last = Some(end.clone());
        let batch = Batch::of(connection, users, epoch).await?;
        batch.count(&mut report);
        batch.store(connection, now).await?;
    }
    report.quarantined += quarantine_of_nobody(connection).await?;
    Ok(report)
}

/// Rows that belong to no user or to no schedule, which the reference's own keys should have kept out.
async fn quarantine_of_nobody(connection: &mut PgConnection) -> sqlx::Result<u64> {
    const SCHEDULES: &str = r#"INSERT INTO adoption_quarantine (source_table, source_id, user_id, reason, content)
        SELECT 'schedule', id, "userId", 'its user does not exist', to_jsonb(s) FROM adopted.schedule s
        WHERE NOT EXISTS (SELECT FROM "user" WHERE "_id" = s."userId")"#;
    const EXCEPTIONS: &str = r#"INSERT INTO adoption_quarantine (source_table, source_id, user_id, reason, content)
        SELECT 'schedule_exception', e.id, s."userId",
            CASE WHEN s.id IS NULL THEN 'its schedule does not exist' ELSE 'its user does not exist' END, to_jsonb(e)
        FROM adopted.schedule_exception e LEFT JOIN adopted.schedule s ON s.id = e."scheduleId"
        WHERE NOT EXISTS (SELECT FROM "user" WHERE "_id" = s."userId")"#;
    let schedules = sqlx::query(SCHEDULES).execute(&mut *connection).await?.rows_affected();
    let exceptions = sqlx::query(EXCEPTIONS).execute(connection).await?.rows_affected();
    Ok(schedules + exceptions)
}

/// Some users with their rows, as they will be.
#[derive(Default)]
struct Batch {
    heads: Vec<(String, Head)>,
    /// User, id, and last revision.
    operations: Vec<(String, Uuid, i64)>,
    schedules: Vec<(String, NewSchedule, Stamp)>,
    exceptions: Vec<(String, NewException, Stamp)>,
    copies: Vec<(String, Copy, Stamp)>,
    notes: Vec<(String, Remark)>,
    quarantined: Vec<(String, Remark)>,
}

impl Batch {
    async fn of(connection: &mut PgConnection, users: Vec<String>, epoch: i32) -> sqlx::Result<Self> {
        let schedules = reference::schedules_of(connection, &users).await?;
        let ids: Vec<i32> = schedules.iter().map(|row| row.id).collect();
        let mut of_schedule: HashMap<i32, Vec<OldException>> = HashMap::new();
        for exception in reference::exceptions_of(connection, &ids).await? {
            of_schedule.entry(exception.schedule_id).or_default().push(exception);
        }
        let mut of_user: HashMap<String, (Vec<OldSchedule>, Vec<OldException>)> = HashMap::new();
        for schedule in schedules {
            let (schedules, exceptions) = of_user.entry(schedule.user_id.clone()).or_default();
            exceptions.extend(of_schedule.remove(&schedule.id).unwrap_or_default());
            schedules.push(schedule);
        }
        let mut batch = Self::default();
        for user in users {
            if let Some((schedules, exceptions)) = of_user.remove(&user) {
                let ids = schedules.iter().map(|row| row.id).chain(exceptions.iter().map(|row| row.id));
                let next_integer_id = i64::from(ids.max().unwrap_or_default()) + 1;
                batch.add(&user, convert(&schedules, &exceptions, new_id), Head::new(epoch, next_integer_id));
            }
        }
        Ok(batch)
    }

    /// Adds a user. All their rows are written by one operation.
    fn add(&mut self, user: &str, converted: Converted, mut head: Head) {
        let op = Uuid::now_v7();
        for row in converted.schedules {
            let stamp = head.stamp(RowKey::Schedule(row.schedule.id), None, op);
            self.schedules.push((user.to_owned(), row, stamp));
        }
        for row in converted.exceptions {
            let stamp = head.stamp(RowKey::Exception(row.key), None, op);
            self.exceptions.push((user.to_owned(), row, stamp));
        }
        for copy in converted.copies {
            let stamp = head.stamp(RowKey::ConflictCopy(copy.id), None, op);
            self.copies.push((user.to_owned(), copy, stamp));
        }
        self.notes.extend(converted.notes.into_iter().map(|note| (user.to_owned(), note)));
        self.quarantined.extend(converted.quarantined.into_iter().map(|remark| (user.to_owned(), remark)));
        if head.rev() > 0 {
            self.operations.push((user.to_owned(), op, head.rev()));
        }
        self.heads.push((user.to_owned(), head));
    }

    fn count(&self, report: &mut Report) {
        report.schedules += self.schedules.len() as u64;
        report.exceptions += self.exceptions.len() as u64;
        report.conflict_copies += self.copies.len() as u64;
        report.notes += self.notes.len() as u64;
        report.quarantined += self.quarantined.len() as u64;
    }

    async fn store(&self, connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
        Head::insert_all(connection, &self.heads).await?;
        self.store_operations(connection, now).await?;
        self.store_schedules(connection).await?;
        self.store_exceptions(connection).await?;
        self.store_copies(connection).await?;
        self.store_remarks(connection).await
    }

    async fn store_operations(&self, connection: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
        const INSERT: &str = "INSERT INTO operation (user_id, op, device, made_at, first_rev, last_rev) \
            SELECT user_id, op, $4, $5, 1, rev FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS it (user_id, op, rev)";
        let users: Vec<&str> = self.operations.iter().map(|(user, ..)| user.as_str()).collect();
        let ops: Vec<Uuid> = self.operations.iter().map(|(_, op, _)| *op).collect();
        let revs: Vec<i64> = self.operations.iter().map(|(.., rev)| *rev).collect();
        sqlx::query(INSERT).bind(users).bind(ops).bind(revs).bind(DEVICE).bind(now).execute(connection).await?;
        Ok(())
    }

    async fn store_schedules(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        const INSERT: &str = "INSERT INTO schedule (user_id, id, integer_id, rev, created_at, updated_at, \
            series_id, day_of_week, start_time, end_time, valid_from, every_n_weeks, \
            pattern_rev, pattern_origin_epoch, pattern_origin_rev, pattern_op, title, notes, location, color, \
            details_rev, details_origin_epoch, details_origin_rev, details_op, active, \
            active_rev, active_origin_epoch, active_origin_rev, active_op) \
            SELECT user_id, id, integer_id, rev, created_at, updated_at, id, day_of_week, start_time, end_time, valid_from, \
            1, rev, epoch, rev, op, '', '', '', 'blue', rev, epoch, rev, op, active, rev, epoch, rev, op \
            FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::integer[], $6::uuid[], $7::timestamptz[], \
            $8::timestamptz[], $9::smallint[], $10::text[], $11::text[], $12::date[], $13::boolean[]) \
            AS it (user_id, id, integer_id, rev, epoch, op, created_at, updated_at, day_of_week, start_time, end_time, \
            valid_from, active)";
        let rows = &self.schedules;
        let query = sqlx::query(INSERT)
            .bind(each(rows, |(user, ..)| user.as_str()))
            .bind(each(rows, |(_, row, _)| row.schedule.id.0))
            .bind(each(rows, |(_, row, _)| row.integer_id))
            .bind(each(rows, |(.., stamp)| stamp.rev))
            .bind(each(rows, |(.., stamp)| stamp.epoch))
            .bind(each(rows, |(.., stamp)| stamp.op))
            .bind(each(rows, |(_, row, _)| row.created_at))
            .bind(each(rows, |(_, row, _)| row.updated_at))
            .bind(each(rows, |(_, row, _)| i16::from(row.schedule.pattern.day_of_week.number())))
            .bind(each(rows, |(_, row, _)| row.schedule.pattern.time.start().to_string()))
            .bind(each(rows, |(_, row, _)| row.schedule.pattern.time.end().to_string()))
            .bind(each(rows, |(_, row, _)| NaiveDate::from(row.schedule.pattern.validity.from)))
            .bind(each(rows, |(_, row, _)| row.schedule.active));
        query.execute(connection).await?;
        Ok(())
    }

    async fn store_exceptions(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        const INSERT: &str = "INSERT INTO exception (user_id, original_date, series_id, integer_id, rev, origin_epoch, \
            origin_rev, op, created_at, updated_at, kind, start_time, end_time) \
            SELECT user_id, original_date, series_id, integer_id, rev, epoch, rev, op, created_at, updated_at, kind, \
            start_time, end_time \
            FROM unnest($1::text[], $2::date[], $3::uuid[], $4::bigint[], $5::bigint[], $6::integer[], $7::uuid[], \
            $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[]) \
            AS it (user_id, original_date, series_id, integer_id, rev, epoch, op, created_at, updated_at, kind, start_time, \
            end_time)";
        let rows = &self.exceptions;
        let columns = each(rows, |(_, row, _)| ValueColumns::of(Some(&row.value)));
        let query = sqlx::query(INSERT)
            .bind(each(rows, |(user, ..)| user.as_str()))
            .bind(each(rows, |(_, row, _)| NaiveDate::from(row.key.date)))
            .bind(each(rows, |(_, row, _)| row.key.series_id.0))
            .bind(each(rows, |(_, row, _)| row.integer_id))
            .bind(each(rows, |(.., stamp)| stamp.rev))
            .bind(each(rows, |(.., stamp)| stamp.epoch))
            .bind(each(rows, |(.., stamp)| stamp.op))
            .bind(each(rows, |(_, row, _)| row.created_at))
            .bind(each(rows, |(_, row, _)| row.updated_at))
            .bind(each(&columns, |columns| columns.kind))
            .bind(each(&columns, |columns| columns.start_time.clone()))
            .bind(each(&columns, |columns| columns.end_time.clone()));
        query.execute(connection).await?;
        Ok(())
    }

    async fn store_copies(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        const INSERT: &str = "INSERT INTO conflict_copy (user_id, id, rev, lost, made_at, op, resolved, resolved_rev, \
            resolved_origin_epoch, resolved_origin_rev, resolved_op) \
            SELECT user_id, id, rev, lost, made_at, op, false, rev, epoch, rev, op \
            FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::timestamptz[], $6::uuid[], $7::integer[]) \
            AS it (user_id, id, rev, lost, made_at, op, epoch)";
        let rows = &self.copies;
        let lost = rows.iter().map(|(_, copy, _)| serde_json::to_value(&copy.lost));
        let lost: Vec<Value> = lost.collect::<Result<_, _>>().map_err(|error| sqlx::Error::Encode(error.into()))?;
        let query = sqlx::query(INSERT)
            .bind(each(rows, |(user, ..)| user.as_str()))
            .bind(each(rows, |(_, copy, _)| copy.id))
            .bind(each(rows, |(.., stamp)| stamp.rev))
            .bind(lost)
            .bind(each(rows, |(_, copy, _)| copy.made_at))
            .bind(each(rows, |(.., stamp)| stamp.op))
            .bind(each(rows, |(.., stamp)| stamp.epoch));
        query.execute(connection).await?;
        Ok(())
    }

    async fn store_remarks(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        const NOTES: &str = "INSERT INTO adoption_note (user_id, source_table, source_id, note) \
            SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])";
        const SCHEDULES: &str = "INSERT INTO adoption_quarantine (user_id, source_table, source_id, reason, content) \
            SELECT user_id, source_table, source_id, reason, to_jsonb(old) \
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS it (user_id, source_table, source_id, reason) \
            JOIN adopted.schedule old ON old.id = source_id";
        const EXCEPTIONS: &str = "INSERT INTO adoption_quarantine (user_id, source_table, source_id, reason, content) \
            SELECT user_id, source_table, source_id, reason, to_jsonb(old) \
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS it (user_id, source_table, source_id, reason) \
            JOIN adopted.schedule_exception old ON old.id = source_id";
        let is_schedule = |row: &&(String, Remark)| row.1.table == SCHEDULE;
        let (schedules, exceptions): (Vec<_>, Vec<_>) = self.quarantined.iter().partition(is_schedule);
        for (insert, rows) in [(NOTES, self.notes.iter().collect()), (SCHEDULES, schedules), (EXCEPTIONS, exceptions)] {
            let query = sqlx::query(insert)
                .bind(each(&rows, |row| row.0.as_str()))
                .bind(each(&rows, |row| row.1.table))
                .bind(each(&rows, |row| row.1.id))
                .bind(each(&rows, |row| row.1.text.as_str()));
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// One column of some rows.
fn each<'a, Row, Column>(rows: &'a [Row], column: impl Fn(&'a Row) -> Column) -> Vec<Column> {
    rows.iter().map(column).collect()
}
