//! PostgreSQL: connections, tables, and what brings them up to date. A file for each table.

pub mod attempt;
pub mod pool;
pub mod session;
pub mod user;
