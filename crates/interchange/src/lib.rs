//! Files in and out: the Weekwise JSON format, version 1.
//!
//! [`read`] names every bad row of a file at once, by position and reason, in words for the
//! person who wrote the file. [`write`] is its inverse.
//!
//! The format only grows: keys that a version does not know are passed over, and a file that
//! needs more than that carries a higher `version`.
//!
//! What it deliberately is not: it opens no file (texts come in and go out), and it does not
//! decide what becomes of the rows (that is the edit `Import` of `weekwise-domain`). What a
//! row means beside others, such as two segments of one series on one date, is judged there too.

mod document;
mod exception;
mod fields;
mod kind;
mod schedule;
mod settings;
mod write;

pub use document::{Document, read};
pub use fields::Problem;
pub use write::write;

/// What `format` says in every file.
pub const FORMAT: &str = "weekwise";
/// The newest version that this crate reads, and the one that it writes.
pub const VERSION: i64 = 1;
/// How large a text may be, in bytes: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
