//! The server over a real Postgres.

#![allow(clippy::unwrap_used)]

mod adoption;
mod bad_input;
mod crash;
mod documented;
mod failover;
mod guard;
mod isolation;
mod limit;
mod ops;
mod person;
mod postgres;
mod raw;
mod refused;
mod running;
mod secrets;
mod sessions;
mod start;
mod sync;
mod two_versions;
mod watch;
mod web_client;
