//! The .rpm, packed by rpmbuild from `xtask/packaging/weekwise.spec`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::tree::Tree;
use crate::shell;
use crate::workspace::Workspace;

pub(super) fn pack(workspace: &Workspace, tree: Tree, folder: &Path, version: &str) -> Result<PathBuf> {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        tree.file(&workspace.root.join(licence), &format!("usr/share/licenses/weekwise/{licence}"))?;
    }
    let work = tree.path.with_extension("build");
    let mut build = shell::command("rpmbuild");
    build.arg("-bb");
    for (name, value) in [("_topdir", work.as_path()), ("_staged", &tree.path), ("_version", Path::new(version))] {
        build.arg("--define").arg(format!("{name} {}", value.display()));
    }
    shell::answer(build.arg(workspace.root.join("xtask").join("packaging").join("weekwise.spec")))?;

    // It lies in a folder named by the architecture.
    let made = work.join("RPMS");
    let of_machine = fs::read_dir(&made)?.next().context("rpmbuild makes a package")??.path();
    let made = fs::read_dir(of_machine)?.next().context("rpmbuild makes a package")??.path();
    let package = folder.join(made.file_name().context("a package has a name")?);
    fs::rename(&made, &package)?;
    Ok(package)
}
