//! What is in the way of a start is said in one line that says what to do.

mod database;
mod settings;
