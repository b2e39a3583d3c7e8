//! Finds what is missing on this machine and installs what it can. With nothing missing it
//! asks a few cheap questions and is silent, because every `run` begins with it.

mod debian;
mod system;
mod tools;
mod web_client;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::display;
use crate::shell;
use crate::wasm::{self, Toolchain};
use crate::workspace::Workspace;
use tools::Tool;

/// What the machine is set up for; each needs what the ones before it need.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Build the app and open its window.
    Window,
    /// The same without a display.
    Headless,
    /// Lint everything.
    Check,
    /// Run every check and test.
    Test,
}

impl Purpose {
    /// What `run` needs here.
    pub(crate) fn run() -> Self {
        if display::is_there() { Self::Window } else { Self::Headless }
    }
}

/// What a set up machine offers.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) wasm: Toolchain,
    /// The PATH with our own tools in front.
    path: OsString,
    /// The accessibility rules that window tests run, where they could be had.
    axe: Option<PathBuf>,
    /// The libraries of the web client, which the server's tests drive.
    web_client: Option<PathBuf>,
}

impl Ready {
    /// Lets a command find our tools.
    pub(crate) fn equip<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(axe) = &self.axe {
            command.env("WEEKWISE_AXE", axe);
        }
        if let Some(web_client) = &self.web_client {
            command.env("WEEKWISE_WEB_CLIENT", web_client);
        }
        command.env("PATH", &self.path)
    }

    /// The same with one more folder of tools in front.
    pub(crate) fn with(mut self, folder: PathBuf) -> Result<Self> {
        let rest = std::env::split_paths(&self.path);
        self.path = std::env::join_paths([folder].into_iter().chain(rest))?;
        Ok(self)
    }
}

pub(crate) fn setup(workspace: &Workspace, purpose: Purpose) -> Result<Ready> {
    rust_components(workspace, purpose)?;
    let wasm = packages_and_wasm(workspace, purpose)?;

    let mut wanted = vec![Tool::wasm_bindgen(&workspace.root.join("Cargo.lock"))?, Tool::trunk()];
    if purpose >= Purpose::Test {
        wanted.push(Tool::cargo_deny());
    }
    let mut path = Vec::new();
    for tool in &wanted {
        path.push(tool.provide(&workspace.tools)?);
    }
    tools::clean_up(&workspace.tools);
    let axe = (purpose >= Purpose::Test).then(|| tools::axe(&workspace.tools)).transpose()?;
    let web_client = (purpose >= Purpose::Test).then(|| web_client::provide(workspace)).transpose()?;

    if let Some(inherited) = std::env::var_os("PATH") {
        path.extend(std::env::split_paths(&inherited));
    }
    Ok(Ready { wasm, path: std::env::join_paths(path)?, axe, web_client })
}

/// Programs that only one verb needs, each with the name of its package, as Debian calls it.
pub(crate) fn programs(workspace: &Workspace, wanted: &[(&str, &str)]) -> Result<()> {
    system::programs(workspace, wanted)
}

/// The folder that holds `wasm-opt`, which makes the interface small.
pub(crate) fn wasm_opt(workspace: &Workspace) -> Result<PathBuf> {
    programs(workspace, &[("npm", "npm")])?;
    tools::wasm_opt(&workspace.tools)
}

fn rust_components(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    if purpose < Purpose::Check {
        return Ok(());
    }
    for (component, program) in [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")] {
        let works = || shell::answer(shell::command(program).arg("--version")).is_ok();
        if works() {
            continue;
        }
        let mut rustup = shell::command("rustup");
        rustup.args(["component", "add", component]);
        let log = workspace.tools.join(format!("{component}.log"));
        let title = format!("Setup: installing {component} with rustup");
        if shell::with_progress(&title, &mut rustup, &log, Some(RUSTUP_LIMIT)).is_err() || !works() {
            bail!("{component} is missing: install it with `rustup component add {component}`");
        }
    }
    Ok(())
}

/// Long enough for a slow line, short enough for a machine without one.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

fn packages_and_wasm(workspace: &Workspace, purpose: Purpose) -> Result<Toolchain> {
    let mut toolchain = Toolchain::detect()?;
    if toolchain.is_none() && !wasm::prefers_debian() && add_rustup_target(workspace) {
        toolchain = Toolchain::detect()?;
    }
    system::provide(workspace, purpose, toolchain)?;
    if let Some(toolchain) = toolchain.map_or_else(Toolchain::detect, |known| Ok(Some(known)))? {
        return Ok(toolchain);
    }
    bail!("Rust cannot compile WebAssembly here: install its target with `rustup target add {}`", wasm::TARGET)
}

fn add_rustup_target(workspace: &Workspace) -> bool {
    if shell::find("rustup").is_none() {
        return false;
    }
    let mut rustup = shell::command("rustup");
    rustup.args(["target", "add", wasm::TARGET]).env("RUSTUP_MAX_RETRIES", "0");
    let added = shell::with_progress(
        "Setup: adding Rust's WebAssembly target",
        &mut rustup,
        &workspace.tools.join("rustup-target.log"),
        Some(RUSTUP_LIMIT),
    );
    if added.is_err() {
        println!("  … rustup's servers are out of reach");
    }
    added.is_ok()
}
