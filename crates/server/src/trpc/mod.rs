//! tRPC 11 as the web client speaks it: single calls and batches, over GET and POST. One file for each procedure.
//!
//! What it deliberately is not: there are no subscriptions, no streamed batches, and no transformer.

mod batch;
mod create_schedule;
mod delete_schedule;
mod delete_slot;
mod document;
mod envelope;
mod get_schedules_for_week;
mod handle;
mod health_check;
mod input;
mod private_data;
mod procedure;
mod rows;
mod update_slot;

pub(crate) use document::Document;
pub use envelope::failure;
pub use handle::handle;
pub use procedure::{Kind, Procedure};
