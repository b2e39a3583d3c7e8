//! Schedules in SQLite: one data folder, one file in it, one file of code per table.
//!
//! What it deliberately is not: it holds no rule of the week model (those are in `weekwise-domain`,
//! which it calls inside its transactions), reads no clock (moments are passed in), and knows
//! nothing of the calls of the interface.

mod folder;

pub use folder::{DataFolder, FOLDER_VARIABLE, NoDataFolder};
