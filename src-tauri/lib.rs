//! The shell around the application: the window, the command line, and what the system is asked for.
//!
//! What it deliberately is not: it keeps no rule of the week model and no data of its own. What a
//! call does is in `weekwise-app`; what it looks like is in `ui`. It makes no network connection itself.

mod cli;
mod commands;
mod instance;
mod locale;
mod logs;
mod shell;
mod watcher;
mod window;

use std::process::ExitCode;

use tauri::Manager;
use weekwise_app::DataFolder;

use cli::{Invocation, Trouble};
use shell::Shell;

/// Runs the program with the arguments of the process: a command, or the window.
pub fn main() -> ExitCode {
    let outcome = cli::parse(std::env::args_os()).and_then(|invocation| match invocation {
        Invocation::Print(text) => cli::print(&text),
        Invocation::Window(folder) => run_window(folder),
        Invocation::Command(command, folder) => cli::run(command, folder),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => trouble.report(),
    }
}

/// Opens the window and stays until it is closed.
fn run_window(folder: DataFolder) -> Result<(), Trouble> {
    window::check_display()?;
    let mut context = tauri::generate_context!();
    instance::name(&mut context, &folder);
    let mut builder = tauri::Builder::default().plugin(instance::plugin(&folder)).plugin(window::keep_state(&folder));
    if let Some(logs) = logs::plugin(&folder) {
        builder = builder.plugin(logs);
    }
    let app = builder
        .manage(Shell::new(folder, locale::of_system()))
        .invoke_handler(commands::handler())
        .setup(|app| {
            log::info!("Weekwise {} starts", env!("CARGO_PKG_VERSION"));
            shell::open_early(app.handle().clone());
            // An error that is returned from here would end in a panic.
            if let Err(error) = window::open(app.handle()) {
                let _ = Trouble::failed(format!("the window cannot be opened: {error}")).report();
                app.handle().exit(1);
            }
            watcher::start(app.handle().clone());
            shell::start_sync(app.handle().clone());
            Ok(())
        })
        .build(context)
        .inspect_err(instance::start_again_after)
        .map_err(|error| Trouble::failed(format!("the window cannot be opened: {error}")))?;
    app.run(|app, event| match event {
        tauri::RunEvent::WindowEvent { event: tauri::WindowEvent::Focused(true), .. } => {
            app.state::<Shell>().device().wake();
        }
        tauri::RunEvent::Exit => shell::close(app),
        _ => {}
    });
    Ok(())
}
