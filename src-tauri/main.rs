//! The program's entry. Without a command it opens the window; see `cli` for the commands.
//! It holds no logic: the library does everything, so that tests reach it too.

// A window program on Windows: no console opens along with it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    weekwise::main()
}
