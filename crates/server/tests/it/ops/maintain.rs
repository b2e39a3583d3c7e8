//! `maintain` and `reset`.

use super::{content, run, run_with, with_weeks};
use crate::postgres::Database;

#[tokio::test]
async fn what_is_no_longer_needed_goes_and_the_rest_stays() {
    let database = with_weeks().await;
    database
        .run(
            r#"UPDATE session SET "expiresAt" = now() - interval '1 minute' WHERE "userId" = 'ada';
            INSERT INTO sign_in_attempt VALUES ('\x00', 1, now() - interval '1 minute'), ('\x01', 1, now() + interval '1 day');
            UPDATE operation SET made_at = now() - interval '91 days' WHERE user_id = 'ada';
            UPDATE operation SET made_at = now() - interval '89 days' WHERE user_id = 'bob';
            INSERT INTO unrevised VALUES ('ada', 'schedule', 'gone', 999, now())"#,
        )
        .await;
    // As a rebuilding that was cut off leaves it.
    database
        .run(
            "CREATE INDEX schedule_pkey_ccnew ON schedule (user_id); \
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'schedule_pkey_ccnew'::regclass",
        )
        .await;
    let weeks = async || database.rows("SELECT it::text AS row FROM schedule it ORDER BY 1").await;
    let before = weeks().await;

    let said = run(&database, ["maintain"]).well();
    assert!(said.contains("6 edits of before the last 90 days lost their bodies."), "{said}");
    assert!(said.contains("The database takes "), "{said}");
    assert_eq!(database.rows(r#"SELECT "userId" FROM session"#).await, ["bob"]);
    assert_eq!(database.rows("SELECT attempts FROM sign_in_attempt").await, ["1"]);
    let bodies = "SELECT user_id, count(*), count(body) FROM operation GROUP BY 1 ORDER BY 1";
    assert_eq!(database.rows(bodies).await, ["ada|6|0", "bob|6|6"]);
    assert_eq!(database.rows("SELECT row_key FROM unrevised").await, [""; 0]);
    assert_eq!(database.rows("SELECT 1 FROM pg_class WHERE relname LIKE '%\\_ccnew'").await, [""; 0]);
    let known = "SELECT reltuples FROM pg_class WHERE oid = 'schedule'::regclass";
    assert_eq!(database.rows(known).await, ["6"], "it was analysed");
    assert_eq!(weeks().await, before);
    assert_eq!(run(&database, ["check"]).well(), "0 faults, 0 notices\n");
    assert!(run(&database, ["maintain"]).well().contains("0 edits of before"));
}

#[tokio::test]
async fn everything_is_thrown_away_only_when_that_is_said_and_never_in_production() {
    let database = with_weeks().await;
    database.run("CREATE TABLE of_somebody_else (a text)").await;
    let before = content(&database).await;
    let refused = run(&database, ["reset"]).refused();
    assert!(refused.contains("say --yes"), "{refused}");
    let refused = run_with(&database.url, ["reset", "--yes"], &[("NODE_ENV", "production")]).refused();
    assert!(refused.contains("NODE_ENV is production"), "{refused}");
    assert_eq!(content(&database).await, before);

    run(&database, ["reset", "--yes"]).well();
    assert_eq!(database.rows(r#"SELECT "_id" FROM "user""#).await, [""; 0]);
    database.run("SELECT FROM of_somebody_else").await;
    assert_eq!(run(&database, ["migrate", "--status"]).well(), "0 migrations are pending.\n");
    // A database that was adopted has more than that.
    let adopted = Database::empty().await;
    adopted.run(include_str!("../reference/tables.sql")).await;
    run(&adopted, ["migrate", "--saved"]).well();
    run(&adopted, ["reset", "--yes"]).well();
    assert_eq!(adopted.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'adopted'").await, [""; 0]);
}
