//! An upgrade without a stop: the tables are migrated first, then the servers are replaced one after the other. So for a
//! while the previous version and the new one run over the new tables.
//!
//! Weekwise's server has no release yet. Until it has one, the present program stands for both, and a migration that no
//! program knows stands for the next one: it adds all that a migration may add. From the first release on,
//! `WEEKWISE_PREVIOUS_SERVER` names the program of the release before, over the tables of this one.

use std::path::PathBuf;

use reqwest::StatusCode;

use crate::{postgres::Database, running::Running, web_client};

/// All that a later version may do to the tables while this one still runs: it only adds, and what it adds needs no value.
const LATER: &str = r#"
    INSERT INTO _sqlx_migrations VALUES (9999, 'of a later version', now(), true, '', 0);
    CREATE TABLE of_a_later_version (user_id text PRIMARY KEY REFERENCES head ON DELETE CASCADE, value text NOT NULL);
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> '_sqlx_migrations' LOOP
            EXECUTE format('ALTER TABLE %I ADD COLUMN later_one text, ADD COLUMN later_other int NOT NULL DEFAULT 7', name);
            EXECUTE format('CREATE INDEX ON %I (later_one)', name);
        END LOOP;
    END $$;
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_previous_version_and_this_one_answer_over_the_tables_of_the_later() {
    let database = Database::ready().await;
    let this = PathBuf::from(env!("CARGO_BIN_EXE_weekwise-server"));
    let previous = match std::env::var_os("WEEKWISE_PREVIOUS_SERVER") {
        Some(previous) => PathBuf::from(previous),
        None => {
            database.run(LATER).await;
            this.clone()
        }
    };
    // Both run at once; each passes all that the web client's libraries ask of it.
    let servers = [&previous, &this].map(|program| Running::start_program(program, &database.url, &[]));
    for (server, zone) in servers.iter().zip(["Europe/Berlin", "UTC"]) {
        web_client::drive(server, zone).await;
    }
    for server in &servers {
        assert_eq!(crate::person::get(server, "/health").await.status, StatusCode::OK);
        assert!(!server.log().contains("ERROR"), "{}", server.log());
    }
}
