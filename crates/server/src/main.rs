//! `weekwise-server`: reads its settings and serves, or runs one of its operators' commands.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::{Args, Parser, Subcommand};
use sqlx::PgConnection;
use weekwise_server::{
    Config, ConfigError, DatabaseConfig, Logging, ask,
    db::{
        self,
        adopt::{self, Report, Saved},
        migrate::{self, Status},
    },
    log, ops, settings_help, start, told_to_stop,
};

/// The Weekwise API on PostgreSQL. Its settings come from the environment.
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
    /// Asks the server that runs on this machine whether it is healthy. Ends with 1 if it is not.
    Health,
    /// Lists the settings, which are all read from the environment.
    #[command(long_about = settings_help())]
    Env,
    /// Brings the tables up to date; those of the server that Weekwise replaces are taken over.
    Migrate(Migrate),
    /// About the database of the server that Weekwise replaced.
    Adoption {
        #[command(subcommand)]
        command: Adoption,
    },
    #[command(flatten)]
    Ops(ops::Command),
}

#[derive(Args)]
struct Migrate {
    /// Only says what would be done.
    #[arg(long)]
    status: bool,
    /// Before another server's tables are taken over, saves them with pg_dump into this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "saved")]
    dump_to: Option<PathBuf>,
    /// Another server's tables have been saved already.
    #[arg(long)]
    saved: bool,
}

#[derive(Subcommand)]
enum Adoption {
    /// Says what was taken over and whether what was there before is kept.
    Status,
    /// Throws away what was there before. There is no way back then.
    Forget,
    /// Goes back to the tables that were there before. What was edited since stays in the schema "weekwise".
    Revert,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new().context("no runtime could be started") {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Serve => serve().await,
            Command::Health => say_health().await,
            Command::Env => {
                print!("{}", settings_help());
                Ok(ExitCode::SUCCESS)
            }
            Command::Migrate(command) => bring_up_to_date(command).await,
            Command::Adoption { command } => about_adoption(command).await,
            Command::Ops(command) => ops::run(command, environment, Utc::now()).await.map_err(|error| match error {
                ops::OpsError::Config(setting) => setting.into(),
                error => error.into(),
            }),
        }
    });
    done.unwrap_or_else(|error| failed(&error))
}

/// One line, with everything that led to it. A setting that cannot be used ends with 2: trying again is of no use.
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("weekwise-server: {error:#}");
    if error.is::<ConfigError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn connect() -> Result<PgConnection> {
    Ok(db::connect::connect(&DatabaseConfig::read(environment)?).await?)
}

async fn serve() -> Result<ExitCode> {
    log(&Logging::read(environment)?);
    let (config, warnings) = Config::read(environment)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let started = start(config, Utc::now()).await?;
    let address = started.address().context("the listener has no address")?;
    let stop = told_to_stop();
    // Whoever started this with port 0 reads here which one it is.
    let _ = writeln!(std::io::stdout(), "listening on http://{address}");
    started.serve(stop).await;
    Ok(ExitCode::SUCCESS)
}

async fn say_health() -> Result<ExitCode> {
    let (host, port) = Config::read_address(environment)?;
    ask(host, port).await?;
    println!("healthy");
    Ok(ExitCode::SUCCESS)
}

async fn bring_up_to_date(command: Migrate) -> Result<ExitCode> {
    if command.status {
        return Ok(say_status(&migrate::status(&mut connect().await?).await?));
    }
    let saved = match (command.dump_to, command.saved) {
        (Some(folder), _) => Saved::DumpTo(folder),
        (None, true) => Saved::Already,
        (None, false) => Saved::No,
    };
    let done = migrate::migrate(&DatabaseConfig::read(environment)?, &saved, Utc::now()).await?;
    match done.adopted {
        Some(report) => say_report(&report),
        None if done.versions.is_empty() => println!("The tables are up to date."),
        None => println!("The tables are up to date: {} migrations were new.", done.versions.len()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends with 1 when there is something to do, so that scripts can tell.
fn say_status(status: &Status) -> ExitCode {
    match status {
        Status::Empty => println!("The database is empty."),
        Status::Reference => println!("The database is of the server that Weekwise replaces, and was not adopted."),
        Status::Ours { pending, unknown } => {
            println!("{} migrations are pending.", pending.len());
            if !unknown.is_empty() {
                println!("{} migrations are of a later version.", unknown.len());
            }
        }
    }
    let is_done = matches!(status, Status::Ours { pending, .. } if pending.is_empty());
    if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say_report(report: &Report) {
    println!("The database was adopted: {} users, {} sessions,", report.users, report.sessions);
    println!("{} schedules and {} exceptions were taken over.", report.schedules, report.exceptions);
    if let Some(dump) = &report.dump {
        println!("It was saved before to {}.", dump.display());
    }
    if !report.unknown_columns.is_empty() {
        println!("What is in these columns stays in the schema adopted: {}.", report.unknown_columns.join(", "));
    }
    if report.conflict_copies > 0 {
        println!("{} second exceptions for one date were kept as conflict copies.", report.conflict_copies);
    }
    if report.notes + report.quarantined > 0 {
        println!(
            "{} rows were not taken over as they were, and {} cannot be valid: `weekwise-server check` lists them.",
            report.notes, report.quarantined
        );
    }
    println!("The tables as they were are in the schema adopted until `weekwise-server adoption forget`.");
}

async fn about_adoption(command: Adoption) -> Result<ExitCode> {
    let mut connection = connect().await?;
    match command {
        Adoption::Status => match adopt::status(&mut connection).await? {
            None => println!("This database was not adopted from another server."),
            Some(adoption) => {
                let adopted_at = adoption.adopted_at.format("%Y-%m-%d %H:%M UTC");
                println!("Adopted on {adopted_at}: {} users, {} sessions,", adoption.users, adoption.sessions);
                println!("{} schedules and {} exceptions were taken over.", adoption.schedules, adoption.exceptions);
                match adoption.forgotten_at {
                    Some(at) => {
                        println!("What was there before was thrown away on {}.", at.format("%Y-%m-%d %H:%M UTC"))
                    }
                    None => println!("What was there before is in the schema adopted."),
                }
            }
        },
        Adoption::Forget => {
            adopt::forget(&mut connection, Utc::now()).await?;
            println!("What was there before the adoption was thrown away.");
        }
        Adoption::Revert => {
            let left = adopt::revert(&mut connection).await?;
            println!("The tables are those of before the adoption again.");
            println!("{} edits and {} users since are in the schema weekwise.", left.edits, left.users);
        }
    }
    Ok(ExitCode::SUCCESS)
}
