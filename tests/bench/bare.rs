//! The peer: a Tauri window that shows a page and answers one call with bytes that it was given, and nothing else.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tauri::{State, WebviewUrl, WebviewWindowBuilder, ipc::Response};

/// What the call answers with.
struct Echo(String);

/// Goes by the name of the call that it is measured against, since only that is granted to the window.
#[tauri::command]
async fn week(echo: State<'_, Echo>) -> Result<Response, ()> {
    Ok(Response::new(echo.0.clone()))
}

/// Opens the window and stays until it is closed.
pub(crate) fn run(files: PathBuf, echo: &Path) -> ExitCode {
    let echo = std::fs::read_to_string(echo).expect("the measuring process has written what to answer");
    tauri::Builder::default()
        .manage(Echo(echo))
        .invoke_handler(tauri::generate_handler![week])
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .inner_size(1200.0, 800.0)
                .data_directory(files)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("tests/bench/bare/tauri.conf.json"))
        .expect("the window opens");
    ExitCode::SUCCESS
}
