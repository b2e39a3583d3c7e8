//! The routes of sync: `docs/wire/sync.md`.
//!
//! What becomes of a push is judged by `weekwise-sync`; here is what surrounds it: who asks, the transaction in which rows are loaded
//! and stored under the lock of the user's head row, and what is told when it cannot be.

mod caller;
mod devices;
mod document;
mod events;
mod history;
mod hub;
mod pull;
mod push;
mod refused;
mod write;

pub use devices::devices;
pub(crate) use document::{Document, exemplify};
pub use events::events;
pub use hub::Hub;
pub use pull::pull;
pub use push::push;
pub use refused::Refused;
