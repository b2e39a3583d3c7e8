//! PostgreSQL: connections, tables, and what brings them up to date. A file for each table.

pub mod pool;
