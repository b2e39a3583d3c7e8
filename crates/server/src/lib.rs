//! The Weekwise API on PostgreSQL: accounts, the calls of the web client, and the commands of its operators.
//!
//! It takes the place of an existing server and keeps its wire and its database. Everything that changes a week goes
//! through one write path, which locks the user's head row and gives each written row its own revision.
//!
//! What it deliberately is not: it holds no rule of the week model (`weekwise-domain` does), and only `main` and the
//! edge of a request read the clock (moments are passed in).

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(test)]
extern crate self as weekwise_server;
#[cfg(test)]
#[path = "../tests/it/postgres/mod.rs"]
mod postgres;

mod ask;
pub mod auth;
pub mod check;
mod config;
pub mod db;
mod error;
pub mod facade;
mod health;
pub mod http;
mod ids;
mod log;
mod metrics;
mod openapi;
pub mod ops;
mod programs;
mod router;
mod serve;
mod start;
mod state;
pub mod sync;
mod timestamp;
mod today;
pub mod trpc;
mod user;
pub mod week;
mod write;

pub use ask::{Unhealthy, ask};
pub use config::{
    Config, ConfigError, DATABASE_URL, DatabaseConfig, Logging, Origin, SETTINGS, Secret, Setting, settings_help,
};
pub use error::{Error, Refusal, Told};
pub use log::log;
pub use metrics::Metrics;
pub use router::router;
pub use serve::serve;
pub use start::{StartError, Started, start, told_to_stop};
pub use state::Server;
pub use timestamp::Timestamp;
pub use user::UserId;
