//! One folder or file for each thing that a person can do or look at.

pub mod account;
pub mod changes;
pub mod day;
pub mod done;
pub mod editor;
pub mod failure;
pub mod header;
pub mod help;
pub mod notices;
pub mod settings;
pub mod side;
pub mod toast;
pub mod trash;
pub mod week;
pub mod weeks;
