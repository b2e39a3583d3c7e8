//! Where things are: the repository, its build output and the tools that it brings along.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target folder for everything native.
    pub(crate) target: PathBuf,
    /// One folder per tool and version, shared by every clone of this user.
    pub(crate) tools: PathBuf,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask lies in the repository")?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { root: root.to_path_buf(), target, tools: tools_dir()? })
    }

    /// The interface has its own target folder: sharing one makes two cargos wait for each other.
    pub(crate) fn ui_target(&self) -> PathBuf {
        self.target.join("ui")
    }

    pub(crate) fn binary(&self, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        let name = format!("weekwise{}", std::env::consts::EXE_SUFFIX);
        self.target.join(profile).join(name)
    }

    /// The folders of a package of this workspace and of all that it uses from it.
    pub(crate) fn folders_behind(&self, package: &str) -> Result<BTreeSet<PathBuf>> {
        let mut metadata = shell::cargo(self);
        metadata.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&shell::answer(&mut metadata)?)?;
        let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
        let start = packages
            .iter()
            .find(|known| known["name"] == package)
            .with_context(|| format!("the workspace has no package `{package}`"))?;

        let mut open = vec![folder_of(start)?];
        let mut found = BTreeSet::new();
        while let Some(folder) = open.pop() {
            let known = packages.iter().find(|p| folder_of(p).is_ok_and(|dir| dir == folder));
            if found.insert(folder)
                && let Some(dependencies) = known.and_then(|p| p["dependencies"].as_array())
            {
                open.extend(dependencies.iter().filter_map(|d| d["path"].as_str().map(PathBuf::from)));
            }
        }
        Ok(found)
    }
}

fn folder_of(package: &Value) -> Result<PathBuf> {
    let manifest = package["manifest_path"].as_str().context("a package has a manifest")?;
    Ok(Path::new(manifest).parent().context("a manifest lies in a folder")?.to_path_buf())
}

fn tools_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("WEEKWISE_TOOLS_DIR") {
        return Ok(PathBuf::from(dir));
    }
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => std::env::home_dir().context("this user has no home folder")?.join(".cache"),
    };
    Ok(cache.join("weekwise").join("tools"))
}
