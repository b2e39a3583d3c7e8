//! Rows that the tables' own constraints keep out, as long as they are there: each query asks anew what a constraint says.

use sqlx::PgConnection;

use super::Finding;
use crate::db::unrevised::stands;

/// Everything that is wrong with single rows, or with one beside another.
pub(super) async fn faults(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (kind, query) in QUERIES {
        let texts: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut *connection).await?;
        findings.extend(texts.into_iter().map(|text| Finding::fault(kind, text)));
    }
    Ok(findings)
}

/// By kind, what finds such rows and says of each what is wrong with it.
const QUERIES: [(&str, &str); 8] = [
    (
        "orphan_schedule",
        r#"SELECT format('schedule %s is of user %s, who does not exist: `weekwise-server user delete %2$s --yes` removes what
        is left of them', id, user_id)
        FROM schedule WHERE NOT EXISTS (SELECT FROM "user" WHERE "_id" = user_id) ORDER BY user_id, id"#,
    ),
    (
        "orphan_exception",
        r#"SELECT format('the exception of series %s on %s is of user %s, who does not exist', series_id, original_date, user_id)
        FROM exception WHERE NOT EXISTS (SELECT FROM "user" WHERE "_id" = user_id) ORDER BY user_id, series_id, original_date"#,
    ),
    // What was put back stays, so that devices learn of it; anything else needs a series.
    (
        "orphan_exception",
        "SELECT format('the exception of series %s on %s of user %s has no schedule', series_id, original_date, user_id)
        FROM exception it WHERE kind <> 'pattern' AND NOT EXISTS
            (SELECT FROM schedule WHERE schedule.user_id = it.user_id AND schedule.series_id = it.series_id)
        ORDER BY user_id, series_id, original_date",
    ),
    // Without it nothing can be written.
    (
        "orphan_row",
        "SELECT format('user %s has %s, and no head row', user_id, string_agg(DISTINCT name, ', ')) FROM (
            SELECT user_id, 'schedules' AS name FROM schedule UNION ALL SELECT user_id, 'exceptions' FROM exception
            UNION ALL SELECT user_id, 'settings' FROM setting UNION ALL SELECT user_id, 'tombstones' FROM tombstone
            UNION ALL SELECT user_id, 'conflict copies' FROM conflict_copy) AS it
        WHERE NOT EXISTS (SELECT FROM head WHERE head.user_id = it.user_id) GROUP BY user_id ORDER BY user_id",
    ),
    (
        "times",
        r#"SELECT format('schedule %s of user %s is from %s to %s', id, user_id, start_time, end_time)
        FROM schedule WHERE start_time >= end_time
            OR start_time !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' OR end_time !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
        ORDER BY user_id, id"#,
    ),
    (
        "times",
        r#"SELECT format('the exception of series %s on %s of user %s is from %s to %s', series_id, original_date, user_id,
            coalesce(start_time, 'none'), coalesce(end_time, 'none'))
        FROM exception WHERE start_time >= end_time OR (start_time IS NULL) <> (end_time IS NULL)
            OR start_time !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' OR end_time !~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
        ORDER BY user_id, series_id, original_date"#,
    ),
    (
        "overlap",
        "SELECT format('schedules %s and %s of user %s are of one series and both valid on %s', one.id, other.id, one.user_id,
            greatest(one.valid_from, other.valid_from))
        FROM schedule one JOIN schedule other USING (user_id, series_id)
        WHERE one.id < other.id AND one.active AND other.active
            AND greatest(one.valid_from, other.valid_from)
                <= least(coalesce(one.valid_until, 'infinity'), coalesce(other.valid_until, 'infinity'))
        ORDER BY one.user_id, one.id, other.id",
    ),
    (
        "unrevised",
        concat!(
            "SELECT format('%s %s of user %s was changed past the server at %s, so no device learns of it: `weekwise-server check \
            --repair` gives it a revision', source_table, row_key, user_id,
            to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"')) FROM unrevised noted WHERE ",
            stands!(),
            " ORDER BY user_id, source_table, row_key"
        ),
    ),
];
