//! What must come from the operating system. Debian and Ubuntu are set up; elsewhere one line
//! says what a person must install.

use anyhow::{Result, bail};

use super::{Purpose, debian};
use crate::shell;
use crate::wasm::Toolchain;
use crate::workspace::Workspace;

pub(super) fn provide(workspace: &Workspace, purpose: Purpose, toolchain: Option<Toolchain>) -> Result<()> {
    if cfg!(target_os = "windows") {
        // WebView2 is part of Windows, and the linker came with Rust.
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        return match shell::answer(shell::command("xcode-select").arg("-p")) {
            Ok(_) => Ok(()),
            Err(_) => bail!("Apple's command line tools are missing: run `xcode-select --install`"),
        };
    }
    if has_apt() {
        return debian::provide(workspace, purpose, toolchain);
    }
    other_linux(purpose)
}

/// Programs that only one verb needs, each with the name of its package.
pub(super) fn programs(workspace: &Workspace, wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> =
        wanted.iter().filter(|(program, _)| shell::find(program).is_none()).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if has_apt() {
        return debian::install(workspace, &missing);
    }
    bail!("install these, then try again: {}", missing.join(", "))
}

fn has_apt() -> bool {
    shell::find("dpkg-query").is_some() && shell::find("apt-get").is_some()
}

/// What a Linux without apt must bring, told in the words that package searches understand.
fn other_linux(purpose: Purpose) -> Result<()> {
    let mut missing = Vec::new();
    for (program, told) in [("cc", "a C compiler"), ("pkg-config", "pkg-config")] {
        if shell::find(program).is_none() {
            missing.push(told);
        }
    }
    for (module, told) in [
        ("webkit2gtk-4.1", "webkit2gtk 4.1 with its development files"),
        ("librsvg-2.0", "librsvg 2 with its development files"),
    ] {
        if shell::answer(shell::command("pkg-config").args(["--exists", module])).is_err() {
            missing.push(told);
        }
    }
    let mut programs = Vec::new();
    if purpose == Purpose::Headless || purpose == Purpose::Test {
        programs.extend([
            ("WebKitWebDriver", "WebKitGTK's WebKitWebDriver"),
            ("Xvfb", "Xvfb"),
            ("dbus-run-session", "dbus"),
        ]);
    }
    if purpose == Purpose::Test {
        programs.extend([
            ("gnome-keyring-daemon", "gnome-keyring"),
            ("npm", "npm"),
            ("appstreamcli", "appstream"),
            ("desktop-file-validate", "desktop-file-utils"),
            ("pg_config", "PostgreSQL's server"),
            ("strace", "strace"),
        ]);
    }
    missing.extend(programs.iter().filter(|(p, _)| shell::find(p).is_none()).map(|(_, told)| *told));
    if missing.is_empty() {
        return Ok(());
    }
    bail!("install these with your system's package manager, then try again: {}", missing.join(", "))
}
