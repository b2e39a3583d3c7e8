//! A desktop for programs on a machine without one: a screen that nobody sees, and a session
//! (message bus, folders, keyring) that ends with them and never touches the person's own.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::scratch::Scratch;
use crate::shell;
use crate::workspace::Workspace;

/// Whether a window can open on this machine.
pub(crate) fn is_there() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// An invisible screen with its own message bus and its own folders.
pub(crate) struct Session {
    xvfb: Child,
    screen: String,
    home: Scratch,
    /// What the services of the session say, which is of use only to those who look for it.
    log: PathBuf,
}

impl Session {
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        let home = Scratch::new()?;
        let mut xvfb = shell::command("Xvfb")
            // It picks a free number and tells it once it is ready.
            .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start Xvfb")?;
        let mut number = String::new();
        if let Some(told) = xvfb.stdout.take() {
            BufReader::new(told).read_line(&mut number)?;
        }
        let log = workspace.target.join("session.log");
        let session = Self { xvfb, screen: format!(":{}", number.trim()), home, log };
        if number.trim().is_empty() {
            bail!("Xvfb ended before its screen was ready");
        }
        Ok(session)
    }

    /// This program in the session, with one of its inner verbs. Only its standard output is seen.
    pub(crate) fn enter(&self, verb: &str) -> Result<Command> {
        let this = std::env::current_exe().context("this program knows where it is")?;
        let log = File::create(&self.log).with_context(|| format!("could not write {}", self.log.display()))?;
        let mut command = shell::command("dbus-run-session");
        command.arg("--").arg(this).arg(verb).stderr(log);
        command
            .env("DISPLAY", &self.screen)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            // Services of a desktop, which would be waited for in vain.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_USE_PORTAL", "0");
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, self.home.path());
        }
        Ok(command)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.xvfb.kill();
        let _ = self.xvfb.wait();
    }
}

/// Runs a program beside an unlocked, empty keyring. Only inside a [`Session`], whose folders
/// keep it away from the person's own keyring.
pub(crate) fn with_keyring(program: &str, args: &[String]) -> Result<()> {
    let mut keyring = shell::command("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start gnome-keyring-daemon")?;
    if let Some(mut password) = keyring.stdin.take() {
        // An empty password, ended by the closing pipe.
        password.write_all(b"\n")?;
    }
    // All that it says belongs to the output; see `Session::enter`.
    let ended = shell::command(program).args(args).stderr(std::io::stdout()).status();
    let _ = keyring.kill();
    let _ = keyring.wait();
    let status = ended.with_context(|| format!("could not start {program}"))?;
    std::process::exit(status.code().unwrap_or(1));
}
