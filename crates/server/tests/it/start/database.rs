//! Databases that cannot be reached, or that are not ready.

use std::{net::TcpListener, time::Duration};

use sqlx::{Connection as _, PgConnection};

use crate::{
    postgres::{Cluster, Database},
    refused::refused,
    running::Running,
};

fn assert_refused(url: &str, expected: &str) {
    let refused = refused(url, &[]);
    assert!(refused.line.starts_with(expected), "{url}: {refused:?}");
    assert_eq!(refused.code, Some(1), "another try may be of use: {refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_without_a_database_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_refused(
        &format!("postgresql://ada@127.0.0.1:{port}/weekwise"),
        &format!(
            "the database at 127.0.0.1:{port} refuses connections: start PostgreSQL, or correct host and port in DATABASE_URL: "
        ),
    );
    assert_refused(
        "postgresql://ada@no-such-host.invalid/weekwise",
        "the host no-such-host.invalid is not known: correct it in DATABASE_URL: ",
    );
    assert_refused(
        "postgresql://ada@localhost/weekwise?host=/nowhere",
        "there is no socket of PostgreSQL in /nowhere: start PostgreSQL, or correct the host in DATABASE_URL: ",
    );
    let database = Database::ready().await;
    let server = Running::start(&database);
    let address = server.address();
    assert_refused(
        &format!("postgresql://ada@{address}/weekwise?sslmode=disable"),
        &format!("what answers at {address} is no PostgreSQL: correct host and port in DATABASE_URL"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_is_not_let_in_is_told_why() {
    let cluster = Cluster::own();
    let database = Database::ready_in(&cluster).await;
    database
        .run(
            "CREATE ROLE ada LOGIN PASSWORD 'right'; CREATE ROLE eve LOGIN; CREATE ROLE bob LOGIN CONNECTION LIMIT 0;
             DO $$ BEGIN EXECUTE format(
                 'COPY (VALUES (''local all ada scram-sha-256''), (''local all eve reject''), (''local all all trust'')) TO %L',
                 current_setting('hba_file')); END $$;
             SELECT pg_reload_conf()",
        )
        .await;
    let folder = database.rows("SELECT current_setting('unix_socket_directories')").await.remove(0);
    let url = |user: &str| cluster.url(database.name()).replacen("postgres@", &format!("{user}@"), 1);
    // The new rules hold once Postgres has read them.
    let read = async {
        while PgConnection::connect(&url("eve")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("Postgres reads the new rules");
    assert_refused(
        &url("ada:wrong"),
        &format!(
            "the database at {folder} does not take the password of ada: correct user and password in DATABASE_URL: "
        ),
    );
    assert_refused(
        &url("eve"),
        &format!("the database at {folder} does not let eve in: correct the user in DATABASE_URL, add sslmode=require"),
    );
    assert_refused(
        &url("bob"),
        &format!("the database at {folder} has no connection left: lower connection_limit in DATABASE_URL"),
    );
    assert_refused(
        &cluster.url("no_such_database"),
        &format!(
            "there is no database no_such_database at {folder}: create it, or correct the name at the end of DATABASE_URL: "
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tls_is_told_where_it_is_asked_for() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _cluster = Cluster::make(&["listen_addresses='127.0.0.1'", &format!("port={port}")]);
    let url = |mode: &str| format!("postgresql://postgres@127.0.0.1:{port}/postgres?sslmode={mode}");
    for mode in ["require", "verify-full"] {
        let expected = format!(
            "the database at 127.0.0.1:{port} and this server do not agree on TLS: correct sslmode in DATABASE_URL: "
        );
        assert_refused(&url(mode), &expected);
    }
    assert_refused(&url("prefer"), "the database is empty: ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_ready_is_told_how_to_become_it() {
    let database = Database::empty().await;
    assert_refused(&database.url, "the database is empty: run `weekwise-server migrate`");

    let database = Database::ready().await;
    database.run("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)").await;
    assert_refused(&database.url, "the database lacks 1 migrations of this version: run `weekwise-server migrate`");
}
