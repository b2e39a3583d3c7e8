//! The server over a real Postgres.

#![allow(clippy::unwrap_used)]

mod adoption;
mod bad_input;
mod crash;
mod documented;
mod guard;
mod isolation;
mod limit;
mod person;
mod postgres;
mod raw;
mod running;
mod secrets;
mod sessions;
mod web_client;
