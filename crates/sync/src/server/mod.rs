//! The server's half: what becomes of a push.
//!
//! A server process does this in one transaction: it locks the user's head row, loads what [`Needs`] names into an
//! [`Account`], lets [`Account::push`] judge, writes what [`Written`] lists, and commits. Everything here is a function of the
//! rows that are passed in; so any number of processes can do it, and a test can do it in memory.
//!
//! The rules, each in its own file: `judge` (is a write current, does it win, what an operation needs), `draft` (what
//! follows from it: conflict copies, coming out of the trash, segments kept apart), `held` (rows that a device holds out
//! after a restore), `estimate` (when an edit was made).

mod account;
mod draft;
mod estimate;
mod fingerprint;
mod held;
mod history;
mod judge;
mod lost;
mod needs;
mod push;

pub use account::{Account, Head, Known, NewOperation, Room, Written};
pub use estimate::DeviceClock;
pub use fingerprint::Fingerprint;
pub use history::{Standing, page, relabel, standing};
pub use needs::Needs;
