//! `weekwise-server`: reads its settings and serves, or runs one of its operators' commands.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The Weekwise API on PostgreSQL.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests until it is told to stop.
    Serve,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve => todo!("with the router"),
    }
}
