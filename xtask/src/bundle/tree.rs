//! The files of a package, where they will lie.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{DESKTOP, METAINFO};
use crate::shell;
use crate::workspace::Workspace;

const ICONS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// A folder that stands for the root of the system that a package is installed on.
pub(super) struct Tree {
    pub(super) path: PathBuf,
}

impl Tree {
    /// All that every kind of package holds.
    pub(super) fn stage(workspace: &Workspace, manual: &Path, path: PathBuf) -> Result<Self> {
        let tree = Self { path };
        let root = &workspace.root;
        tree.program(&workspace.binary(true), "usr/bin/weekwise")?;
        tree.file(&root.join(DESKTOP), "usr/share/applications/weekwise.desktop")?;
        tree.file(&root.join(METAINFO), "usr/share/metainfo/app.weekwise.weekwise.metainfo.xml")?;
        let hicolor = "usr/share/icons/hicolor";
        for size in ICONS {
            let icon = format!("{size}x{size}");
            tree.file(&root.join(format!("icons/{icon}.png")), &format!("{hicolor}/{icon}/apps/weekwise.png"))?;
        }
        tree.file(&root.join("icons/icon.svg"), &format!("{hicolor}/scalable/apps/weekwise.svg"))?;
        let symbolic = format!("{hicolor}/symbolic/apps/weekwise-symbolic.svg");
        tree.file(&root.join("icons/icon-symbolic.svg"), &symbolic)?;
        for page in fs::read_dir(manual)? {
            let page = page?.path();
            let name = page.file_name().context("a page has a name")?.to_string_lossy();
            tree.compressed(&page, &format!("usr/share/man/man1/{name}"))?;
        }
        Ok(tree)
    }

    pub(super) fn file(&self, from: &Path, to: &str) -> Result<()> {
        self.install("644", from, to)
    }

    /// A text that is read through `man` or `zcat`; `.gz` is added to its name.
    pub(super) fn compressed(&self, from: &Path, to: &str) -> Result<()> {
        self.file(from, to)?;
        // Without name and time, so that the same text makes the same file.
        shell::answer(shell::command("gzip").args(["-9n", "--force"]).arg(self.path.join(to))).map(drop)
    }

    fn program(&self, from: &Path, to: &str) -> Result<()> {
        self.install("755", from, to)
    }

    /// `install` gives the folders that it makes mode 755, whatever this user's umask.
    fn install(&self, mode: &str, from: &Path, to: &str) -> Result<()> {
        let mut install = shell::command("install");
        shell::answer(install.args(["-D", "--mode", mode]).arg(from).arg(self.path.join(to))).map(drop)
    }
}
