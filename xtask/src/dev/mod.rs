//! Everything while it is worked on, with hot reload: a Postgres, the server, and the app with its interface.

mod app;
mod database;
mod server;

use anyhow::{Result, bail};

use crate::display;
use crate::workspace::Workspace;

/// The server over its Postgres, and the app. It ends when the window is closed.
pub(crate) fn all(workspace: &Workspace) -> Result<()> {
    if !display::is_there() {
        bail!("the app needs a display; `cargo xtask dev server` works without one");
    }
    let database = database::Database::provide(workspace)?;
    let _server = server::Server::start(workspace, database.url());
    app::show(workspace)
}

/// The server over its Postgres, until Ctrl-C.
pub(crate) fn server(workspace: &Workspace) -> Result<()> {
    let database = database::Database::provide(workspace)?;
    server::Server::start(workspace, database.url()).wait();
    Ok(())
}

/// The app alone.
pub(crate) fn ui(workspace: &Workspace) -> Result<()> {
    if !display::is_there() {
        bail!("`dev ui` needs a display; `cargo xtask run` checks the app without one");
    }
    app::show(workspace)
}
