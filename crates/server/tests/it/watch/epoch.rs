//! A database that another one took the place of, while what stands between kept the connections open.

use std::time::Duration;

use crate::{person::get, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_place_that_no_new_connection_sees_is_noticed() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    get(&server, "/health").await;
    // As if the rows had been written on another timeline than this one.
    database.run("UPDATE epoch SET timeline = timeline + 1").await;
    let noticed = async {
        while database.rows("SELECT number FROM epoch ORDER BY number").await != ["1", "2"] {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), noticed).await.expect("the server looks every ten seconds");
    assert!(server.log().contains("a new epoch begins: the database is not where it was"), "{}", server.log());
}
