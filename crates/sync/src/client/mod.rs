//! A device's half: what a file of an account holds, and what becomes of it.
//!
//! A [`File`] is the part of an account's file that a step needs. A step changes it, and [`File::take_changes`] says
//! what has to be stored; that is one transaction. What a person sees is the *view*: the server's rows, with what
//! is held for the server and what is pending on top. It never shows less than what the person did.
//!
//! - [`File::record`]: an edit becomes an operation in the outbox.
//! - [`File::outgoing`] and [`File::pushed`]: what to push, and what the reply comes to.
//! - [`File::pulled`]: a page is applied.
//! - [`File::start_over`]: the server keeps another history than the one that was pulled.

mod file;
mod page;
mod record;
mod send;
mod start_over;
mod touched;
mod view;

pub use file::{Changes, File, Held, HeldId, Pending, Rejected, Seq};
pub use page::PageError;
pub use record::{RecordError, Recorder};
pub use send::{Batch, Sent};
