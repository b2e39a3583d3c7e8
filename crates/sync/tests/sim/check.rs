//! What must hold: all the while, and at the end.

mod always;
mod end;
mod help;

pub use always::{complete, estimates, mismatch, push, segments_meet, split, store, tables};
pub use end::{at_rest, redelivered};
pub use help::{brief, brief_reply, brief_rows, is_poisonous, newer, touched, unresolved};

/// A property that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub property: Property,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Every acknowledged edit is in the result, in a conflict copy, or among the rejected ones.
    NothingIsLost,
    /// Nothing deleted comes back unless an edit after the delete's base asked for it.
    DeletedStaysDeleted,
    /// After quiet, all devices and the server are equal.
    AllAreEqual,
    /// Redelivery changes nothing.
    RedeliveryIsIdle,
    /// Cursors have no gaps.
    NoGaps,
    /// Pending edits are never hidden, also between push and pull.
    PendingIsShown,
    /// One exception per date, start before end, segments of a series apart, an exception stays with its date.
    RowsAreValid,
    /// No row crosses accounts.
    AccountsAreApart,
    /// The outbox drains without another edit.
    OutboxDrains,
    /// A compound edit is whole or absent.
    EditsAreWhole,
    /// A conflict has two sides that did not know of each other.
    ConflictsAreReal,
    /// An estimate lies between the device's last empty outbox and now.
    TimeIsBounded,
    /// Fields and rows of later versions stay.
    UnknownIsKept,
}

impl Violation {
    pub fn new(property: Property, detail: impl Into<String>) -> Self {
        Self { property, detail: detail.into() }
    }

    pub fn on(self, place: String) -> Self {
        Self { detail: format!("{place}: {}", self.detail), ..self }
    }
}
