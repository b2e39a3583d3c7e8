//! PostgreSQL: connections, tables, and what brings them up to date. A file for each table.

pub mod adopt;
pub mod attempt;
pub mod checksum;
pub(crate) mod columns;
pub mod connect;
pub mod epoch;
pub(crate) mod exception;
pub(crate) mod head;
pub mod migrate;
pub(crate) mod operation;
pub mod pool;
pub(crate) mod schedule;
pub mod session;
pub(crate) mod setting;
pub(crate) mod sync;
pub(crate) mod unrevised;
pub mod user;
