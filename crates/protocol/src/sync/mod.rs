//! What devices and the server say to each other: `docs/wire/sync.md`, as types.
//!
//! Everything here reads and writes the JSON of that page. What it means, and what follows from it, is in
//! `weekwise-sync`.
//!
//! The unit of merging is the *register*: a part of a row that changes as a whole. A row is named by its [`RowKey`], a
//! register within it by its [`Slot`]; its content is a [`Value`], and its [`Stamp`] says when it was written by whom.

mod body;
mod fields;
mod id;
mod name;
mod operation;
mod pull;
mod push;
mod row;
mod value;
mod version;

pub use body::{Device, Devices, Fork, Head, Refusal};
pub use fields::{DetailsFields, ExceptionFields, Extra, FieldError, PatternFields};
pub use id::{CopyId, DeviceId, DeviceIdError, EpochId, Mark, OpId, Rev};
pub use name::DeviceName;
pub use operation::{Base, Operation, Seen, Write};
pub use pull::{Checksum, ChecksumError, Page, Point};
pub use push::{Fate, HeldOutcome, HeldReply, OpReply, Outcome, Push, PushReply, Reason};
pub use row::{Register, RegisterKey, Row, RowKey, Slot, Stamp};
pub use value::{SYNCED_SETTINGS, Value, synced_setting};
pub use version::Version;

/// The version of this protocol. It only ever grows by additions.
pub const PROTO: u32 = 1;
/// The most operations in one push.
pub const MAX_OPS: usize = 500;
/// The most register writes in one operation.
pub const MAX_WRITES: usize = 500;
/// The most rows that one push may hold out for re-assertion.
pub const MAX_HELD: usize = 500;
/// The most points of a trail, those of earlier histories and the 0 before them among them.
pub const MAX_TRAIL: usize = 128;
/// The most points of the trail of a page.
pub const MAX_PAGE_TRAIL: usize = 32;
/// The most bytes of a push, after decompression.
pub const MAX_PUSH_BYTES: usize = 1024 * 1024;
/// The most rows of a page.
pub const MAX_PAGE_ROWS: usize = 2_000;
/// The most bytes of a page, before compression.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
