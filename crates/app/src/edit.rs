//! Edits, undo and redo.

use weekwise_protocol::{DoEdit, Edited, Failure, Redo, Step, StepId, Undo, Undone};
use weekwise_storage as storage;

use crate::{
    App, clock,
    failure::{edited, stored},
    zone,
};

impl App {
    /// Does an edit. When this returns, it is on disk.
    ///
    /// # Errors
    /// When the edit breaks a rule of the week or names an unknown time zone, or the file cannot be written.
    pub async fn edit(&self, DoEdit { request }: DoEdit) -> Result<Edited, Failure> {
        zone::check(&request.edit)?;
        let done = self.inner.store.edit(&request, clock::moment()).await.map_err(edited)?;
        self.edited().notify_one();
        Ok(edited_reply(done))
    }

    /// Takes an edit back, the last one unless another is named. What was edited since is left as it is.
    ///
    /// # Errors
    /// When there is no such edit, or the file cannot be written.
    pub async fn undo(&self, Undo { step }: Undo) -> Result<Undone, Failure> {
        let undone = self.inner.store.undo(step.map(|StepId(id)| id), clock::moment()).await;
        self.edited().notify_one();
        reply(undone)
    }

    /// Does again what was undone last. What was edited since is left as it is.
    ///
    /// # Errors
    /// When nothing was undone, or the file cannot be written.
    pub async fn redo(&self, Redo {}: Redo) -> Result<Undone, Failure> {
        let redone = self.inner.store.redo(clock::moment()).await;
        self.edited().notify_one();
        reply(redone)
    }
}

pub(crate) fn edited_reply(done: storage::Edited) -> Edited {
    Edited { step: done.step.map(step), summary: done.summary }
}

fn reply(undone: Result<Option<storage::Undone>, storage::StorageError>) -> Result<Undone, Failure> {
    let undone = undone.map_err(stored)?.ok_or(Failure::NothingToUndo)?;
    let left = u32::try_from(undone.left).unwrap_or(u32::MAX);
    Ok(Undone { step: step(undone.step), left, exceptions: undone.exceptions })
}

pub(crate) fn step(step: storage::Step) -> Step {
    Step { id: StepId(step.id), summary: step.summary }
}
