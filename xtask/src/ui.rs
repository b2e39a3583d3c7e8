//! The interface: built by trunk into `ui/dist`, which the shell carries inside its binary.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::{self, Ready};
use crate::shell;
use crate::workspace::Workspace;

pub(crate) const PACKAGE: &str = "weekwise-ui";

/// Builds the interface unless the one that is there was made from the same sources.
pub(crate) fn build(workspace: &Workspace, ready: &Ready) -> Result<()> {
    build_as(workspace, ready, Finish::Quick)
}

/// The same, made small by wasm-opt, which takes longer: for releases and for what is measured.
pub(crate) fn build_small(workspace: &Workspace, ready: &Ready) -> Result<()> {
    build_as(workspace, &ready.clone().with(setup::wasm_opt(workspace)?)?, Finish::Small)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Finish {
    Quick,
    Small,
}

fn build_as(workspace: &Workspace, ready: &Ready, finish: Finish) -> Result<()> {
    let page = workspace.root.join("ui").join("dist").join("index.html");
    // Two of trunk in one folder take each other's files away.
    fs::create_dir_all(workspace.ui_target())?;
    let turn = File::create(workspace.ui_target().join("turn"))?;
    turn.lock()?;
    let stamp = workspace.ui_target().join("built-from");
    let sources = sources(workspace, ready)?;
    // A small one serves those as well who need not have it.
    let is_there = fs::read_to_string(&stamp).is_ok_and(|built| {
        built == record(&sources, &page, Finish::Small)
            || finish == Finish::Quick && built == record(&sources, &page, Finish::Quick)
    });
    if is_there {
        return Ok(());
    }

    println!("Building the interface (the first time takes about 3 min)");
    let _ = fs::remove_file(&stamp);
    let mut trunk = trunk(workspace, ready);
    trunk.arg("build");
    if finish == Finish::Small {
        // To trunk this means wasm-opt; what cargo does is said by the profile.
        trunk.arg("--release");
    }
    shell::show(&mut trunk)?;
    fs::write(&stamp, record(&sources, &page, finish)).with_context(|| format!("could not write {}", stamp.display()))
}

/// What was built from what. The page names all other files by their content, and a build by hand
/// or the placeholder of the shell's build script may have taken its place since.
fn record(sources: &str, page: &Path, finish: Finish) -> String {
    let finish = if finish == Finish::Small { "small" } else { "quick" };
    format!("{sources} {finish}\n{}", fs::read_to_string(page).unwrap_or_default())
}

/// trunk in the interface's folder. It gets only tools that are there, so it downloads none.
pub(crate) fn trunk(workspace: &Workspace, ready: &Ready) -> Command {
    let mut trunk = shell::command("trunk");
    trunk
        .current_dir(workspace.root.join("ui"))
        .env("CARGO_TARGET_DIR", workspace.ui_target())
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    // trunk refuses to start where the variable holds anything but a truth value.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    ready.equip(&mut trunk);
    ready.wasm.configure(&mut trunk);
    trunk
}

/// A fingerprint of all that the built interface depends on.
fn sources(workspace: &Workspace, ready: &Ready) -> Result<String> {
    let mut files = vec![workspace.root.join("Cargo.toml"), workspace.root.join("Cargo.lock")];
    for folder in workspace.folders_behind(PACKAGE)? {
        collect(&folder, &mut files)?;
    }
    files.sort();
    let mut fingerprint = DefaultHasher::new();
    ready.wasm.hash(&mut fingerprint);
    for file in files {
        let content = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        file.strip_prefix(&workspace.root).unwrap_or(&file).hash(&mut fingerprint);
        content.hash(&mut fingerprint);
    }
    Ok(format!("{:016x}", fingerprint.finish()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_file() {
            files.push(path);
        } else if name != "dist" && name != "tests" {
            collect(&path, files)?;
        }
    }
    Ok(())
}
