//! Sync as pure functions: what a device does next, how it merges what it pulls, and how the server judges what is pushed.
//!
//! Operations are put into one order by the server; a device shows the server's rows with its own pending operations on
//! top. So whatever devices do, they end up with the same rows once they have pulled the same revisions. The page
//! `docs/wire/sync.md` says what goes over the wire, and `ARCHITECTURE.md` how the parts work together.
//!
//! - [`server`]: a push is judged against the rows that it touches, and comes to row writes and a reply.
//! - [`client`]: edits are recorded as operations, pages are applied, and the view is what the server has with what is
//!   pending on top.
//! - [`engine`]: when to push, to pull, to wait; a state machine that answers events with effects.
//!
//! What it deliberately is not: it does no IO, reads no clock, and draws no random numbers. Data goes in and comes
//! out; who calls it loads the rows and stores them.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checksum;
pub mod client;
pub mod engine;
mod rows;
mod series;
pub mod server;

pub use checksum::Sum;
pub use rows::Rows;
