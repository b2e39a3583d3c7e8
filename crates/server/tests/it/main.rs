//! The server over a real Postgres.

#![allow(clippy::unwrap_used)]
