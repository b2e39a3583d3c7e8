//! The command line: the same application without a window or a display.
//!
//! What is asked for goes to standard output, trouble to standard error as one line that begins
//! with `weekwise:` (and a line for each bad row of a file). So does what happened to the data on the way and was put
//! right. The exit code is 0 when all went well, 2 when what was given is wrong, 1 for everything else.

mod account;
mod doctor;
mod man;
mod sync;
mod transfer;
mod trouble;
mod week;

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
};

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use tokio::runtime::{self, Runtime};
use weekwise_app::{App, DataFolder};
use weekwise_domain::Date;

use crate::locale;

pub(crate) use trouble::Trouble;

/// An offline-first week planner. Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(name = "weekwise", version)]
struct Arguments {
    /// The folder that holds the data (else WEEKWISE_DATA_DIR, else the system's folder for application data)
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what takes place between two dates
    Week {
        /// The first date, YYYY-MM-DD
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// The last date, included
        #[arg(long, value_name = "DATE")]
        to: Date,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Read a Weekwise file in: add and update its rows, remove none
    Import {
        /// The file; - is standard input
        file: PathBuf,
    },
    /// Write everything into a Weekwise file
    Export {
        /// The file; - is standard output
        file: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Sign in at a server; the password comes from standard input
    SignIn {
        /// The server, such as https://week.example
        #[arg(long, value_name = "URL")]
        server: String,
        /// The e-mail address of the account
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// Bring the week that is on this device alone into the account
        #[arg(long)]
        bring_local: bool,
        /// Keep the session in a file that only you can read, not encrypted, in place of the system's keyring
        #[arg(long)]
        session_in_file: bool,
    },
    /// Sign out; the week stays on this device
    SignOut {
        /// The account, by its e-mail address or id (else the one that is shown)
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// List the accounts on this device, and choose which is shown
    Accounts {
        /// Show this account from now on: its e-mail address or id, or local
        #[arg(long, value_name = "NAME")]
        show: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send and receive what is new, until it is stopped
    Sync {
        /// End when everything is on both sides
        #[arg(long)]
        once: bool,
        /// The account, by its e-mail address or id (else the one that is shown)
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check the data and what the system offers
    Doctor,
    /// Write the manual pages into a folder, for packages
    #[command(hide = true)]
    Man {
        /// The folder; it is made where it is missing
        folder: PathBuf,
    },
}

/// What the arguments ask for.
pub(crate) enum Invocation {
    /// Help or the version, ready to print.
    Print(String),
    /// The window.
    Window(DataFolder),
    /// A command.
    Command(Command, DataFolder),
}

/// Reads the arguments.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Trouble> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return Ok(Invocation::Print(error.to_string()));
        }
        Err(error) => return Err(Trouble::bad_input(one_line(&error.to_string()))),
    };
    let folder = DataFolder::resolve(arguments.data_dir).map_err(|error| Trouble::failed(error.to_string()))?;
    Ok(match arguments.command {
        Some(command) => Invocation::Command(command, folder),
        None => Invocation::Window(folder),
    })
}

/// The first paragraph of clap's message as one line; it says what is wrong, the others how usage goes.
fn one_line(message: &str) -> String {
    let paragraph = message.split("\n\n").next().unwrap_or(message);
    let words = paragraph.strip_prefix("error: ").unwrap_or(paragraph).split_whitespace();
    format!("{} (see weekwise --help)", words.collect::<Vec<_>>().join(" "))
}

/// Does a command and prints what it has to say.
pub(crate) fn run(command: Command, folder: DataFolder) -> Result<(), Trouble> {
    match command {
        Command::Week { from, to, json } => with_app(folder, async |app| week::week(app, from, to, json).await),
        Command::Import { file } => with_app(folder, async |app| transfer::import(app, &file).await),
        Command::Export { file, force } => with_app(folder, async |app| transfer::export(app, &file, force).await),
        Command::SignIn { server, email, bring_local, session_in_file } => {
            let given = account::SignIn { server, email, bring_local, session_in_file };
            runtime()?.block_on(account::enter(folder, given))
        }
        Command::SignOut { account } => runtime()?.block_on(account::leave(&folder, account.as_deref())),
        Command::Accounts { show, json } => account::list(&folder, show.as_deref(), json),
        Command::Sync { once, account, json } => {
            runtime()?.block_on(sync::sync(folder, account.as_deref(), once, json))
        }
        Command::Doctor => runtime()?.block_on(doctor::doctor(folder)),
        Command::Man { folder } => man::write(Arguments::command(), &folder),
    }
}

/// Opens the data, lets `work` use it, closes it and prints the outcome.
fn with_app(folder: DataFolder, work: impl AsyncFnOnce(&App) -> Result<String, Trouble>) -> Result<(), Trouble> {
    let text = runtime()?.block_on(async {
        let opened = App::open(folder, locale::of_system()).await;
        let app = opened.map_err(|error| Trouble::failed(error.to_string()))?;
        let outcome = work(&app).await;
        // The day's snapshot is taken in the background, and closing waits for it.
        app.clone().close().await;
        app.notices().iter().for_each(trouble::note);
        outcome
    });
    print(&text?)
}

fn runtime() -> Result<Runtime, Trouble> {
    let built = runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Trouble::failed(format!("the program cannot start: {error}")))
}

/// Prints a text at once. That the reader has gone away is no trouble of ours.
pub(crate) fn print(text: &str) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
