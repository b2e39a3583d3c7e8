//! The table `history`: the last edits, what each came to, and which were taken back.

use sqlx::{SqliteConnection, sqlite::SqliteRow};
use weekwise_domain::{Change, Request, Summary};

use crate::{Moment, StorageError, column::Columns, journal::Position};

/// How many edits are kept.
pub const KEPT: u32 = 200;

/// A recorded edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number: edits are numbered in the order in which they were made, and no number is used twice.
    pub id: i64,
    /// What it did.
    pub summary: Summary,
}

/// What undo and redo would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// The edit that undo would take back.
    pub undo: Option<Step>,
    /// The edit that redo would do again.
    pub redo: Option<Step>,
}

/// A step with the changes to take back: those of the edit, or, for an undone one, those of its undo.
pub(crate) struct Standing {
    pub(crate) step: Step,
    pub(crate) changes: Vec<Change>,
}

/// The highest turn. By state, as the index has them: it would be read as a whole for the highest one of all.
macro_rules! last_turn {
    () => {
        "max(coalesce((SELECT max(turn) FROM history WHERE state = 'done'), 0), \
             coalesce((SELECT max(turn) FROM history WHERE state = 'undone'), 0), \
             coalesce((SELECT max(turn) FROM history WHERE state = 'spent'), 0))"
    };
}
pub(crate) use last_turn;

/// Records an edit, forgets those that were undone before it, and keeps the last [`KEPT`]. Returns also where the data
/// file now stands.
pub(crate) async fn record(
    connection: &mut SqliteConnection,
    request: &Request,
    (summary, changes): (&Summary, &[Change]),
    at: Moment,
) -> Result<(Step, Position), StorageError> {
    // One trip to SQLite's thread: each takes about as long as what is done at its end. To sort all that are kept takes
    // longer still, so that only as many are looked for as are too many, which is one.
    const RECORD: &str = concat!(
        "DELETE FROM history WHERE state = 'undone'; \
         INSERT INTO history (state, turn, made_at, summary, request, changes) VALUES ('done', ",
        last_turn!(),
        " + 1, ?, ?, ?, ?) RETURNING id, turn; \
         DELETE FROM history WHERE id IN \
         (SELECT id FROM history ORDER BY turn LIMIT max(0, (SELECT count(*) FROM history) - ?))"
    );
    let query = sqlx::query_as(RECORD)
        .bind(at.to_rfc3339())
        .bind(serde_json::to_string(summary)?)
        .bind(serde_json::to_string(request)?)
        .bind(serde_json::to_string(changes)?)
        .bind(KEPT);
    // All rows, so that what follows the one that it returns is done too.
    let recorded: Vec<(i64, i64)> = query.fetch_all(connection).await?;
    let (id, turn) = *recorded.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok((Step { id, summary: summary.clone() }, Position::new(id, turn)))
}

/// What undo and redo would do.
pub(crate) async fn standing(connection: &mut SqliteConnection) -> Result<History, StorageError> {
    const LAST: &str = "SELECT id, summary FROM history WHERE state = ? ORDER BY turn DESC LIMIT 1";
    let undo = sqlx::query(LAST).bind("done").fetch_optional(&mut *connection).await?;
    let redo = sqlx::query(LAST).bind("undone").fetch_optional(connection).await?;
    Ok(History { undo: undo.as_ref().and_then(offer), redo: redo.as_ref().and_then(offer) })
}

/// The done step with a number, or the one done last.
pub(crate) async fn done(connection: &mut SqliteConnection, id: Option<i64>) -> Result<Option<Standing>, StorageError> {
    const DONE: &str = "SELECT id, summary, changes FROM history \
        WHERE state = 'done' AND (?1 IS NULL OR id = ?1) ORDER BY turn DESC LIMIT 1";
    sqlx::query(DONE).bind(id).fetch_optional(connection).await?.as_ref().map(read_standing).transpose()
}

/// The step undone last.
pub(crate) async fn undone(connection: &mut SqliteConnection) -> Result<Option<Standing>, StorageError> {
    const UNDONE: &str =
        "SELECT id, summary, taken_back FROM history WHERE state = 'undone' ORDER BY turn DESC LIMIT 1";
    sqlx::query(UNDONE).fetch_optional(connection).await?.as_ref().map(read_standing).transpose()
}

/// Marks a step as undone by `taken_back`; as spent when that is nothing, for then there is nothing to do again.
pub(crate) async fn mark_undone(
    connection: &mut SqliteConnection,
    id: i64,
    taken_back: &[Change],
) -> Result<(), StorageError> {
    if taken_back.is_empty() {
        return mark(connection, id, "spent", None).await;
    }
    mark(connection, id, "undone", Some(serde_json::to_string(taken_back)?)).await
}

/// Marks a step as done again by `changes`; as spent when they are none.
pub(crate) async fn mark_redone(
    connection: &mut SqliteConnection,
    id: i64,
    changes: &[Change],
) -> Result<(), StorageError> {
    mark(connection, id, if changes.is_empty() { "spent" } else { "done" }, None).await
}

async fn mark(
    connection: &mut SqliteConnection,
    id: i64,
    state: &str,
    taken_back: Option<String>,
) -> Result<(), StorageError> {
    const MARK: &str =
        concat!("UPDATE history SET state = ?, taken_back = ?, turn = ", last_turn!(), " + 1 WHERE id = ?");
    sqlx::query(MARK).bind(state).bind(taken_back).bind(id).execute(connection).await?;
    Ok(())
}

/// A step to offer; one that cannot be read must not keep anyone from their week.
fn offer(row: &SqliteRow) -> Option<Step> {
    read_step(row).inspect_err(|error| log::warn!("a step of the history is not offered: {error}")).ok()
}

fn read_step(row: &SqliteRow) -> Result<Step, StorageError> {
    let mut columns = Columns::of(row, "history");
    Ok(Step { id: columns.get()?, summary: columns.json()? })
}

fn read_standing(row: &SqliteRow) -> Result<Standing, StorageError> {
    let mut columns = Columns::of(row, "history");
    let step = Step { id: columns.get()?, summary: columns.json()? };
    Ok(Standing { step, changes: columns.json()? })
}
