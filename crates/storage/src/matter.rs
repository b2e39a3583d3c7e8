//! Which of the things that sync tells a person they have dealt with.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use weekwise_domain::{Change, Edit, Matter};

use crate::{StorageError, history::KEPT};

/// Those that an edit deals with, as far as they are there.
pub(crate) async fn of_edit(
    connection: &mut SqliteConnection,
    edit: &Edit,
) -> Result<BTreeMap<Matter, bool>, StorageError> {
    match edit {
        Edit::TakeBack { matter, .. } => with_names(connection, &[*matter]).await,
        Edit::Settle { matters, .. } => with_names(connection, matters).await,
        _ => Ok(BTreeMap::new()),
    }
}

/// Those that changes deal with, as far as they are there.
pub(crate) async fn of_changes(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<BTreeMap<Matter, bool>, StorageError> {
    let matters = changes.iter().filter_map(|change| match change {
        Change::Dealt { matter, .. } => Some(*matter),
        _ => None,
    });
    let matters: Vec<_> = matters.collect();
    with_names(connection, &matters).await
}

async fn with_names(
    connection: &mut SqliteConnection,
    matters: &[Matter],
) -> Result<BTreeMap<Matter, bool>, StorageError> {
    let mut found = BTreeMap::new();
    for matter in matters {
        let query = match matter {
            Matter::Arrival(op) => {
                sqlx::query_scalar("SELECT taken_back FROM arrival WHERE op = ?").bind(op.as_bytes().to_vec())
            }
            Matter::Conflict(id) => {
                sqlx::query_scalar("SELECT resolved FROM conflict_copy WHERE id = ?").bind(id.as_bytes().to_vec())
            }
            Matter::Rejected(id) => sqlx::query_scalar("SELECT dismissed FROM rejected WHERE id = ?").bind(id),
        };
        found.extend(query.fetch_optional(&mut *connection).await?.map(|is_dealt: bool| (*matter, is_dealt)));
    }
    Ok(found)
}

/// Notes whether a person has dealt with it, where that is for this device alone. Of a conflict copy sync notes it, for all.
pub(crate) async fn set(connection: &mut SqliteConnection, matter: Matter, is_dealt: bool) -> Result<(), StorageError> {
    // As many as there are steps of undo that could bring them back.
    const DISMISS: &str = "UPDATE rejected SET dismissed = ?1 WHERE id = ?2; \
        DELETE FROM rejected WHERE dismissed = 1 AND id NOT IN \
        (SELECT id FROM rejected WHERE dismissed = 1 ORDER BY id = ?2 DESC, id DESC LIMIT ?3)";
    let query = match matter {
        Matter::Arrival(op) => {
            sqlx::query("UPDATE arrival SET taken_back = ? WHERE op = ?").bind(is_dealt).bind(op.as_bytes().to_vec())
        }
        Matter::Rejected(id) => sqlx::query(DISMISS).bind(is_dealt).bind(id).bind(KEPT),
        Matter::Conflict(_) => return Ok(()),
    };
    query.execute(connection).await?;
    Ok(())
}
