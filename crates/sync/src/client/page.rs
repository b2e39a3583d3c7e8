//! Applying a page.

use thiserror::Error;
use weekwise_protocol::sync::{MAX_PAGE_TRAIL, Page, Register, Rev, Row, RowKey, Slot, Value};

use super::{File, Held, HeldId, touched::Touched};

/// Why a page was not applied. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PageError {
    /// It is not the one that was asked for last: a reply that was late, or sent twice.
    #[error("that is not the page that was asked for")]
    NotAsked,
    /// It cannot be what a server of ours sent.
    #[error("the page cannot be right: {0}")]
    Malformed(&'static str),
    /// With it, the rows are not those that the server has: [`File::start_over`] gets them all.
    #[error("the rows are not those of the server")]
    Mismatch,
}

impl File {
    /// Applies a page, and moves the cursor with it.
    ///
    /// # Errors
    /// See [`PageError`].
    pub fn pulled(&mut self, page: &Page) -> Result<(), PageError> {
        if self.epoch.is_some_and(|epoch| epoch != page.epoch) || self.cursor != page.since {
            return Err(PageError::NotAsked);
        }
        check(page)?;
        let is_complete = page.next.rev == page.head;
        if is_complete {
            self.check_sum(page)?;
        }
        let mut touched = Touched::default();
        for row in &page.rows {
            touched.row(row);
            let purged = match row.key {
                RowKey::Tombstone(id) => self.remove_base(&id.into()),
                _ => None,
            };
            let before = self.base.share(&row.key);
            purged.iter().chain(&before).for_each(|old| touched.row(old));
            self.put_base(row.clone());
            self.release_held(row, &mut touched);
        }
        self.move_to(page);
        if is_complete {
            self.known.set(page.epoch, page.next.rev);
            self.release_through(page.next.rev, &mut touched);
        }
        self.show(touched);
        Ok(())
    }

    /// Moves on to where a page ends, as [`File::pulled`] does: from there the next one is asked for.
    pub fn move_to(&mut self, page: &Page) {
        self.epoch = Some(page.epoch);
        self.cursor = page.next.rev;
        page.trail.iter().take(MAX_PAGE_TRAIL).filter(|it| it.rev <= page.next.rev).for_each(|it| self.reach(*it));
        self.reach(page.next);
    }

    /// Looks whether the rows are those of the server once the page is applied.
    fn check_sum(&self, page: &Page) -> Result<(), PageError> {
        let mut sum = self.sum;
        let mut remove = |key: &RowKey| {
            if let Some(old) = self.base.get(key) {
                sum.remove(key, old.rev);
            }
        };
        for row in &page.rows {
            remove(&row.key);
            if let RowKey::Tombstone(id) = row.key {
                remove(&id.into());
            }
        }
        page.rows.iter().for_each(|row| sum.add(&row.key, row.rev));
        match page.checksum {
            Some(theirs) if theirs == sum.into() => Ok(()),
            Some(_) => Err(PageError::Mismatch),
            None => Err(PageError::Malformed("it reaches the head and has no checksum")),
        }
    }

    /// Lets go of what is held and came with a row. What was in the trash is held as a whole for as long as it is not there here: whoever
    /// put it there knew the rest of it, however the server counts that by now.
    fn release_held(&mut self, row: &Row, touched: &mut Touched) {
        let ids: Vec<HeldId> = self.held.iter().filter(|(_, held)| is_about(held, row)).map(|(id, _)| *id).collect();
        for id in ids {
            let Some(mut held) = self.held.get(&id).cloned() else { continue };
            touched.row(&held.row);
            let has_come = |slot: &Slot, register: &Register| {
                let theirs = match row.key {
                    RowKey::Tombstone(_) => row.registers.values().next(),
                    _ => row.registers.get(slot),
                };
                theirs.is_some_and(|theirs| theirs.stamp.version.covers(&register.stamp.version))
            };
            let trashed = held.row.registers.get(&Slot::Active).filter(|it| it.value == Value::Active(false));
            if trashed.is_some_and(|trashed| !has_come(&Slot::Active, trashed)) {
                continue;
            }
            held.row.registers.retain(|slot, register| !has_come(slot, register));
            if held.row.registers.is_empty() {
                self.remove_held(id);
            } else {
                self.put_held(id, held);
            }
        }
    }

    /// Lets go of what the server had by a revision.
    fn release_through(&mut self, rev: Rev, touched: &mut Touched) {
        let is_through = |through: Option<Rev>| through.is_some_and(|through| through <= rev);
        let ops: Vec<_> = self.outbox.iter().filter(|(_, it)| is_through(it.through)).map(|(seq, _)| *seq).collect();
        for seq in ops {
            let gone = self.remove_pending(seq);
            gone.iter().for_each(|it| touched.operation(&it.operation));
        }
        let held: Vec<_> = self.held.iter().filter(|(_, it)| is_through(it.through)).map(|(id, _)| *id).collect();
        for id in held {
            let gone = self.remove_held(id);
            gone.iter().for_each(|it| touched.row(&it.row));
        }
    }
}

/// Whether a held row is about what a pulled row is about. A tombstone is about the schedule that it stands for, too.
fn is_about(held: &Held, row: &Row) -> bool {
    match row.key {
        RowKey::Tombstone(id) => held.row.key == row.key || held.row.key == RowKey::Schedule(id),
        _ => held.row.key == row.key,
    }
}

fn check(page: &Page) -> Result<(), PageError> {
    let mut last = page.since;
    for row in &page.rows {
        if row.rev <= last {
            return Err(PageError::Malformed("its revisions do not rise"));
        }
        last = row.rev;
    }
    if page.next.rev < last || page.next.rev > page.head {
        return Err(PageError::Malformed("it ends where it cannot end"));
    }
    if page.next.rev == page.since && page.head != page.since {
        return Err(PageError::Malformed("it leads nowhere"));
    }
    Ok(())
}
