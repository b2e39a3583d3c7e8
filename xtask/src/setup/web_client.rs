//! The libraries of the existing web client, which the server's tests drive. They come from npm as the lock beside the
//! tests names them, into a folder named by that lock's content.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use super::tools;
use crate::shell;
use crate::workspace::Workspace;

const MANIFEST: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The folder that holds `node_modules`, which is filled first where it is missing.
pub(super) fn provide(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.root.join("crates").join("server").join("tests").join("web-client");
    let mut content = DefaultHasher::new();
    for file in MANIFEST {
        let path = source.join(file);
        fs::read(&path).with_context(|| format!("could not read {}", path.display()))?.hash(&mut content);
    }
    let name = format!("web-client-{:016x}", content.finish());
    let home = workspace.tools.join(&name);
    if home.is_dir() {
        return Ok(home);
    }
    fs::create_dir_all(&workspace.tools)?;
    let _turn = tools::wait_for_turn(&workspace.tools)?;
    if home.is_dir() {
        return Ok(home);
    }

    let arriving = workspace.tools.join(format!("{name}.arriving"));
    let _ = fs::remove_dir_all(&arriving);
    fs::create_dir_all(&arriving)?;
    for file in MANIFEST {
        fs::copy(source.join(file), arriving.join(file))?;
    }
    let mut install = shell::command("npm");
    // No program of theirs is run.
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&arriving);
    shell::with_progress(
        "Setup: fetching the libraries of the web client",
        &mut install,
        &workspace.tools.join("web-client.log"),
        Some(Duration::from_secs(300)),
    )?;
    fs::rename(&arriving, &home).with_context(|| format!("could not create {}", home.display()))?;
    Ok(home)
}
