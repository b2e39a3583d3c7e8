//! `unrevised`: rows that were changed past the server. A trigger notes them.

use std::collections::BTreeSet;

use sqlx::{PgConnection, PgPool};

use crate::UserId;

/// Whether the row that was `noted` still is as it was noted: one that got another revision since is in order again.
macro_rules! stands {
    () => {
        "EXISTS ( \
            SELECT FROM schedule it WHERE it.user_id = noted.user_id AND it.rev = noted.rev UNION ALL \
            SELECT FROM exception it WHERE it.user_id = noted.user_id AND it.rev = noted.rev UNION ALL \
            SELECT FROM setting it WHERE it.user_id = noted.user_id AND it.rev = noted.rev)"
    };
}
pub(crate) use stands;

/// Whose rows they are.
pub(crate) async fn users(connection: &mut PgConnection) -> sqlx::Result<Vec<UserId>> {
    const FIND: &str = concat!("SELECT DISTINCT user_id FROM unrevised noted WHERE ", stands!(), " ORDER BY user_id");
    sqlx::query_scalar(FIND).fetch_all(connection).await
}

/// The revisions that such rows of a user have.
pub(crate) async fn revs(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<BTreeSet<i64>> {
    let query = sqlx::query_scalar("SELECT rev FROM unrevised WHERE user_id = $1").bind(user);
    Ok(query.fetch_all(connection).await?.into_iter().collect())
}

/// Forgets what is in order again, or is no more.
pub(crate) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    const FORGET: &str = concat!("DELETE FROM unrevised noted WHERE NOT ", stands!());
    sqlx::query(FORGET).execute(pool).await?;
    Ok(())
}
