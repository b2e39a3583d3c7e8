//! Opens the app. Without a display it opens it on an invisible screen, waits for the first
//! week and saves a picture, so that a machine without a desktop can tell that it works.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::display::{self, Session};
use crate::scratch::Scratch;
use crate::setup::{self, Purpose, Ready};
use crate::shell;
use crate::ui;
use crate::webdriver::Driver;
use crate::workspace::Workspace;

/// The interface puts this on the week's grid once it is painted.
const PAINTED: &str = "[data-painted=\"week\"]";

pub(crate) struct Options {
    release: bool,
    /// For the app itself.
    args: Vec<String>,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let (ours, theirs) = match args.iter().position(|arg| arg == "--") {
            Some(at) => (&args[..at], &args[at + 1..]),
            None => (args, &[][..]),
        };
        let release = match ours {
            [] => false,
            [only] if only == "--release" => true,
            _ => bail!("`run` takes --release, and after -- the arguments of the app"),
        };
        Ok(Self { release, args: theirs.to_vec() })
    }
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let ready = setup::setup(workspace, Purpose::run())?;
    if options.release {
        ui::build_small(workspace, &ready)?;
    } else {
        ui::build(workspace, &ready)?;
    }
    build_shell(workspace, &ready, options.release)?;
    let binary = workspace.binary(options.release);
    if display::is_there() {
        return shell::show(shell::command(&binary).args(&options.args));
    }
    if !options.args.is_empty() {
        // The command line half needs no window.
        return shell::show(shell::command(&binary).args(&options.args));
    }

    println!("No display here, so the window opens on an invisible screen");
    let picture = workspace.target.join("weekwise-first-week.png");
    let session = Session::start(workspace)?;
    let data = Scratch::new()?;
    let seen = session.enter("__paint")?.arg(&binary).arg(&picture).arg("--data-dir").arg(data.path()).output()?;
    if !seen.status.success() {
        bail!("{}", String::from_utf8_lossy(&seen.stdout).trim());
    }
    let shown = picture.strip_prefix(&workspace.root).unwrap_or(&picture);
    println!("Painted: {}", shown.display());
    Ok(())
}

pub(crate) fn build_shell(workspace: &Workspace, ready: &Ready, release: bool) -> Result<()> {
    let mut cargo = shell::cargo(workspace);
    cargo.args(["build", "--package", "weekwise", "--bin", "weekwise"]);
    if release {
        cargo.arg("--release");
    }
    shell::show(ready.equip(&mut cargo))
}

/// The part that runs inside a [`Session`]: opens the app and takes a picture of its first week.
pub(crate) fn paint(binary: &Path, picture: &Path, args: &[String]) -> Result<()> {
    let driver = Driver::start(&picture.with_extension("log"))?;
    let window = driver.open(binary, args)?;
    let painted = window.wait_for(PAINTED, Duration::from_secs(30));
    // Also of a window that did not get there: it shows why.
    fs::write(picture, window.picture()?).with_context(|| format!("could not write {}", picture.display()))?;
    window.close()?;
    painted.with_context(|| format!("the first week was not painted; see {}", picture.display()))
}
