//! Packages for Linux. Everything that a package installs is staged as one tree, which dpkg and
//! rpmbuild pack, each with its own way to find out which libraries the program needs.
//! `xtask/packaging/` holds what these read; docs/releasing.md says how a release is made of it.

mod check;
mod deb;
mod root;
mod rpm;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::setup::{self, Purpose};
use crate::shell;
use crate::ui;
use crate::workspace::Workspace;
use tree::Tree;

const PACKERS: [(&str, &str); 2] = [("dpkg-shlibdeps", "dpkg-dev"), ("rpmbuild", "rpm")];

const DESKTOP: &str = "xtask/packaging/weekwise.desktop";
const METAINFO: &str = "xtask/packaging/app.weekwise.weekwise.metainfo.xml";

/// What was packed.
struct Packages {
    deb: PathBuf,
    rpm: PathBuf,
}

/// Makes the packages and, if asked, tries them.
pub(crate) fn bundle(workspace: &Workspace, and_check: bool) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("`bundle` makes packages for Linux; docs/releasing.md says how those for other systems are made");
    }
    if and_check {
        // Before the long build, not after it.
        check::prepare(workspace)?;
    }
    let ready = setup::setup(workspace, Purpose::Window)?;
    setup::programs(workspace, &PACKERS)?;
    ui::build_small(workspace, &ready)?;
    run::build_shell(workspace, &ready, true)?;

    let folder = workspace.target.join("bundle");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let packages = pack(workspace, &folder)?;
    println!();
    for package in [&packages.deb, &packages.rpm] {
        let shown = package.strip_prefix(&workspace.root).unwrap_or(package);
        println!("{}  {}", shown.display(), megabytes(size(package)?));
    }
    if and_check { check::check(workspace, &folder, &packages) } else { Ok(()) }
}

/// Whether the desktop file and the metainfo keep to their specifications.
pub(crate) fn validate(workspace: &Workspace) -> Result<()> {
    shell::show(shell::command("desktop-file-validate").arg(workspace.root.join(DESKTOP)))?;
    shell::show(shell::command("appstreamcli").args(["validate", "--no-net"]).arg(workspace.root.join(METAINFO)))
}

fn pack(workspace: &Workspace, folder: &Path) -> Result<Packages> {
    let version = version(workspace)?;
    let manual = folder.join("manual");
    shell::answer(shell::command(workspace.binary(true)).arg("man").arg(&manual))?;

    let tree = Tree::stage(workspace, &manual, folder.join("deb"))?;
    let deb = deb::pack(workspace, tree, folder, None)?;
    let tree = Tree::stage(workspace, &manual, folder.join("rpm"))?;
    let rpm = rpm::pack(workspace, tree, folder, &version)?;
    Ok(Packages { deb, rpm })
}

/// The version of the program.
fn version(workspace: &Workspace) -> Result<String> {
    let printed = shell::answer(shell::command(workspace.binary(true)).arg("--version"))?;
    let version = printed.trim().strip_prefix("weekwise ").context("the program prints its version")?;
    Ok(version.to_owned())
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("could not read {}", file.display()))?.len())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
