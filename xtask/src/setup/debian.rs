//! Packages of Debian and Ubuntu.

use std::io::IsTerminal;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::Purpose;
use crate::shell;
use crate::wasm::{self, Toolchain};
use crate::workspace::Workspace;

const BUILD: [&str; 4] = ["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev"];
const HEADLESS: [&str; 4] = ["webkit2gtk-driver", "xvfb", "dbus", "fonts-noto-core"];
const TEST: [&str; 5] = ["gnome-keyring", "appstream", "desktop-file-utils", "postgresql", "strace"];

/// Mirrors answer slowly at times; nothing here takes longer than this.
const APT_LIMIT: Duration = Duration::from_secs(20 * 60);

pub(super) fn provide(workspace: &Workspace, purpose: Purpose, toolchain: Option<Toolchain>) -> Result<()> {
    let mut wanted = BUILD.to_vec();
    if purpose == Purpose::Headless || purpose == Purpose::Test {
        wanted.extend(HEADLESS);
    }
    if purpose == Purpose::Test {
        wanted.extend(TEST);
        // Node may have come from elsewhere than from Debian.
        if shell::find("npm").is_none() {
            wanted.push("npm");
        }
    }
    if toolchain != Some(Toolchain::Rustup) {
        wanted.extend(wasm::DEBIAN_PACKAGES);
        if purpose >= Purpose::Check {
            wanted.push(wasm::DEBIAN_CLIPPY);
        }
    }
    install(workspace, &wanted)
}

/// Installs those packages that are not there.
pub(super) fn install(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    let missing = missing_of(wanted);
    if missing.is_empty() {
        return Ok(());
    }

    let as_root = as_root(&missing)?;
    let log = |step: &str| workspace.tools.join(format!("apt-{step}.log"));
    // A stale list is no reason to stop: what is wanted may be in it all the same.
    if let Err(error) = shell::with_progress(
        "Setup: reading the package lists",
        apt(as_root).arg("update"),
        &log("update"),
        Some(APT_LIMIT),
    ) {
        println!("  … {}", error.to_string().lines().next().unwrap_or_default());
    }
    shell::with_progress(
        &format!("Setup: installing {} (about a minute)", missing.join(" ")),
        // Never at the price of a package that is there.
        apt(as_root).args(["install", "--yes", "--no-remove", "--no-install-recommends"]).args(&missing),
        &log("install"),
        Some(APT_LIMIT),
    )
}

fn missing_of<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    let mut query = shell::command("dpkg-query");
    query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"]).args(wanted);
    // It ends badly as soon as it does not know one of them, and still tells about the others.
    let known = query.output().map(|output| output.stdout).unwrap_or_default();
    let known = String::from_utf8_lossy(&known);
    let installed = |package: &str| known.lines().any(|line| line.split_once(' ') == Some((package, "installed")));
    wanted.iter().copied().filter(|package| !installed(package)).collect()
}

#[derive(Clone, Copy)]
enum AsRoot {
    Already,
    Sudo,
}

fn as_root(missing: &[&str]) -> Result<AsRoot> {
    let user = shell::answer(shell::command("id").arg("-u"))?;
    if user.trim() == "0" {
        return Ok(AsRoot::Already);
    }
    if shell::answer(shell::command("sudo").args(["--non-interactive", "true"])).is_ok() {
        return Ok(AsRoot::Sudo);
    }
    if shell::find("sudo").is_some() && std::io::stdin().is_terminal() {
        println!("Setup: installing packages needs your password");
        if shell::show(shell::command("sudo").arg("--validate")).is_ok() {
            return Ok(AsRoot::Sudo);
        }
    }
    bail!("someone with root must run: apt-get install {}", missing.join(" "))
}

fn apt(as_root: AsRoot) -> Command {
    match as_root {
        AsRoot::Already => {
            let mut apt = shell::command("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            apt
        }
        AsRoot::Sudo => {
            let mut apt = shell::command("sudo");
            apt.args(["--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            apt
        }
    }
}
