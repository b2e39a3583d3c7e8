//! A real Postgres for tests. Shared by the tests beside the code and by those of the whole server.

#![allow(dead_code)] // Each of the two uses a part.

mod cluster;
mod database;

#[allow(unused_imports)]
pub(crate) use cluster::{Cluster, programs, shell};
pub(crate) use database::Database;
