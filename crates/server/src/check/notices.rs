//! What is not wrong, and good to know.

use sqlx::PgConnection;
use weekwise_domain::over_limit;

use super::Finding;
use crate::{
    UserId,
    db::{schedule, setting},
};

/// Weekdays with more slots than their person allows: sync and imports keep every row.
pub(super) async fn over_the_limit(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    // Rough: those that are never valid at the same time are not told apart here.
    const CANDIDATES: &str = "SELECT DISTINCT user_id FROM (SELECT user_id FROM schedule \
        LEFT JOIN (SELECT user_id, value FROM setting WHERE name = 'slot_limit') limits USING (user_id) \
        WHERE active GROUP BY user_id, day_of_week, value HAVING count(*) > coalesce((value #>> '{}')::integer, 2)) it ORDER BY user_id";
    let users: Vec<UserId> = sqlx::query_scalar(CANDIDATES).fetch_all(&mut *connection).await?;
    let mut findings = Vec::new();
    for user in users {
        let Ok(rows) = schedule::all(&mut *connection, &user).await else {
            // One of them cannot be read, which is a fault of its own.
            continue;
        };
        let limit = setting::all(&mut *connection, &user).await?.settings.slot_limit;
        for over in over_limit(rows.iter().map(|row| &row.schedule), limit) {
            let text = format!(
                "user {user} has {} slots on weekday {} from {} on, and allows {}",
                over.slots,
                over.weekday.number(),
                over.first,
                limit.number()
            );
            findings.push(Finding::notice("over_limit", text));
        }
    }
    Ok(findings)
}

/// Exceptions on dates on which no schedule of their series occurs. They are kept, and have no effect.
pub(super) async fn without_effect(connection: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    // A rotation counts weeks that begin on Sunday, from the one that holds valid_from.
    const FIND: &str = "SELECT format('the exception of series %s on %s of user %s is on a date on which the series does not \
        occur, and has no effect', series_id, original_date, user_id) \
        FROM exception it WHERE kind <> 'pattern' \
        AND EXISTS (SELECT FROM schedule s WHERE s.user_id = it.user_id AND s.series_id = it.series_id) \
        AND NOT EXISTS (SELECT FROM schedule s WHERE s.user_id = it.user_id AND s.series_id = it.series_id \
            AND s.day_of_week = extract(dow FROM original_date) \
            AND original_date BETWEEN s.valid_from AND coalesce(s.valid_until, 'infinity') \
            AND ((original_date - extract(dow FROM original_date)::integer) \
                - (s.valid_from - extract(dow FROM s.valid_from)::integer)) / 7 % s.every_n_weeks = 0) \
        ORDER BY user_id, series_id, original_date";
    let texts: Vec<String> = sqlx::query_scalar(FIND).fetch_all(connection).await?;
    Ok(texts.into_iter().map(|text| Finding::notice("without_effect", text)).collect())
}
