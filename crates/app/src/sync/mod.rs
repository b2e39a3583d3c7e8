//! Sync of a file of an account: the file's rows as `weekwise-sync` knows them, the requests, and the loop that does what the
//! engine says.
//!
//! - `part`: a step of sync as storage does it, in one transaction.
//! - `steps`: the steps: an edit is recorded, a page applied, a reply taken in …
//! - `wire`: the requests, and what becomes of whatever answers them.
//! - `events`: what the server tells by itself.
//! - `host`: what people call this device.
//! - `run`: the effects of the engine, one after the other.
//! - `adopt`: rows of the local file are brought along.
//! - `arrive`: what a page brings from elsewhere, to be told.

mod adopt;
mod ahead;
mod arrive;
mod events;
mod host;
mod new_ids;
mod part;
mod recording;
mod rows;
mod run;
mod shown;
mod state;
mod steps;
mod wire;

pub use adopt::{Adopted, Adoption};
pub use run::Sync;
pub use shown::shows_what_it_holds;
pub use state::{SyncReport, SyncState};
pub use wire::Trouble;

pub(crate) use recording::Recorder;
pub(crate) use steps::refresh;
