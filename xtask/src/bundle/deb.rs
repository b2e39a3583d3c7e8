//! The .deb, packed by Debian's own tools from `xtask/packaging/debian`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::tree::Tree;
use crate::shell;
use crate::workspace::Workspace;

/// Packs the tree. Another `version` than the changelog's is for trying an upgrade.
pub(super) fn pack(workspace: &Workspace, tree: Tree, folder: &Path, version: Option<&str>) -> Result<PathBuf> {
    let packaging = workspace.root.join("xtask").join("packaging").join("debian");
    let doc = "usr/share/doc/weekwise";
    tree.file(&packaging.join("copyright"), &format!("{doc}/copyright"))?;
    tree.compressed(&workspace.root.join("CHANGELOG.md"), &format!("{doc}/changelog"))?;
    tree.compressed(&packaging.join("changelog"), &format!("{doc}/changelog.Debian"))?;
    tree.file(&packaging.join("weekwise.lintian-overrides"), "usr/share/lintian/overrides/weekwise")?;

    // The tools want to stand in a folder that holds `debian`.
    let work = tree.path.with_extension("control");
    let debian = work.join("debian");
    fs::create_dir_all(&debian)?;
    for file in ["control", "changelog"] {
        fs::copy(packaging.join(file), debian.join(file))?;
    }
    let mut needs = shell::command("dpkg-shlibdeps");
    let needs = shell::answer(needs.args(["-O", "-e"]).arg(tree.path.join("usr/bin/weekwise")).current_dir(&work))?;
    fs::write(debian.join("substvars"), needs)?;
    let mut control = shell::command("dpkg-gencontrol");
    control.arg(argument("-P", &tree.path)).args(["-Tdebian/substvars", "-O"]).current_dir(&work);
    let control = shell::answer(control.args(version.map(|version| format!("-v{version}"))))?;
    let sums = "find usr -type f -print0 | sort --zero-terminated | xargs --null md5sum";
    let sums = shell::answer(shell::command("sh").args(["-c", sums]).current_dir(&tree.path))?;

    let meta = tree.path.join("DEBIAN");
    fs::create_dir(&meta)?;
    fs::write(meta.join("control"), &control)?;
    fs::write(meta.join("md5sums"), sums)?;
    shell::answer(shell::command("chmod").args(["-R", "u=rwX,go=rX"]).arg(&meta))?;

    let field = |name: &str| {
        let value = control.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.with_context(|| format!("the control file has no {name}"))
    };
    let package = folder.join(format!("weekwise_{}_{}.deb", field("Version")?, field("Architecture")?));
    let mut build = shell::command("dpkg-deb");
    build.env("SOURCE_DATE_EPOCH", released(&work)?).args(["--root-owner-group", "-Zxz", "--build"]);
    shell::answer(build.arg(&tree.path).arg(&package))?;
    Ok(package)
}

/// When the changelog's newest version was made, in seconds since 1970: a package that is made twice is the same.
fn released(work: &Path) -> Result<String> {
    let mut changelog = shell::command("dpkg-parsechangelog");
    Ok(shell::answer(changelog.args(["--show-field", "Timestamp"]).current_dir(work))?.trim().to_owned())
}

fn argument(option: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(option);
    argument.push(path);
    argument
}
