//! The app with hot reload: trunk serves the interface and rebuilds it on every save, and the
//! shell shows what trunk serves.

use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Purpose};
use crate::shell;
use crate::ui;
use crate::workspace::Workspace;

/// The `devUrl` of `tauri.conf.json`.
const ADDRESS: &str = "localhost:1420";

/// Until the window is closed.
pub(super) fn show(workspace: &Workspace) -> Result<()> {
    let ready = setup::setup(workspace, Purpose::Window)?;
    // Its output stays out of `ui/dist`, which `run` takes for what it built itself.
    let served = workspace.ui_target().join("served");
    std::fs::create_dir_all(&served)?;
    let server = ui::trunk(workspace, &ready)
        .args(["serve", "--port", "1420", "--cargo-profile", "ui-dev", "--dist"])
        .arg(&served)
        .spawn()
        .context("could not start trunk")?;
    // Ctrl-C reaches both by itself; this is for a window that was closed.
    let mut server = StopOnDrop(server);
    wait_for(&mut server.0)?;

    let mut shell = shell::cargo(workspace);
    shell.args(["run", "--package", "weekwise", "--no-default-features"]);
    shell::show(ready.equip(&mut shell))
}

/// The window would show an error if it came before the first build.
fn wait_for(server: &mut Child) -> Result<()> {
    while TcpStream::connect(ADDRESS).is_err() {
        if let Some(status) = server.try_wait()? {
            bail!("trunk ended with {status}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

struct StopOnDrop(Child);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
