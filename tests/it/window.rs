//! The window, driven from outside as a person uses it: the built program, its real storage, no stub of anything.
//! Each test has a data folder of its own and checks what is stored with the command line.

mod accounts;
mod acts;
mod dates;
mod drafts;
mod empty;
mod import;
mod keep_a_week;
mod keys_only;
mod looks;
mod rows;
mod series;
mod settings;
mod term;
mod weeks;
