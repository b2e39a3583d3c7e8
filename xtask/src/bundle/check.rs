//! Tries the packages as a person's machine would take them: lintian, their sizes, and a clean
//! system in which the .deb is installed, started, upgraded and removed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::root::{HOME, Root};
use super::tree::Tree;
use super::{Packages, deb, megabytes, size};
use crate::display::Session;
use crate::setup::{self, Purpose};
use crate::shell;
use crate::test::Tally;
use crate::workspace::Workspace;

const TOOLS: [(&str, &str); 6] = [
    ("lintian", "lintian"),
    ("appstreamcli", "appstream"),
    ("desktop-file-validate", "desktop-file-utils"),
    ("debootstrap", "debootstrap"),
    ("rpm2cpio", "rpm2cpio"),
    ("cpio", "cpio"),
];

/// In bytes.
const DEB_LIMIT: u64 = 10_000_000;
const INTERFACE_LIMIT: u64 = 250_000;

/// Older than any that is released.
const OLDER: &str = "0.0.1-1";

const TERM: &str = "tests/data/term/term.json";

/// Finds out whether this machine can try packages, and installs what that takes.
pub(super) fn prepare(workspace: &Workspace) -> Result<()> {
    if shell::answer(shell::command("id").arg("-u"))?.trim() != "0" {
        bail!("`bundle --check` installs packages in a system of its own, which needs root: run it with sudo");
    }
    setup::setup(workspace, Purpose::Headless)?;
    setup::programs(workspace, &TOOLS)
}

pub(super) fn check(workspace: &Workspace, folder: &Path, packages: &Packages) -> Result<()> {
    let mut tally = Tally::default();
    tally.step("sizes", || sizes(workspace, packages));
    tally.step("lintian", || {
        shell::show(shell::command("lintian").args(["--allow-root", "--fail-on", "error"]).arg(&packages.deb))
    });
    tally.step("the files of both packages", || contents(folder, packages));
    in_clean_system(workspace, folder, packages, &mut tally);
    tally.conclude();
    Ok(())
}

fn sizes(workspace: &Workspace, packages: &Packages) -> Result<()> {
    let deb = size(&packages.deb)?;
    println!("The .deb takes {} of {}", megabytes(deb), megabytes(DEB_LIMIT));
    let dist = workspace.root.join("ui").join("dist");
    let interface = fs::read_dir(&dist)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|it| it == "wasm"))
        .context("ui/dist holds the interface")?;
    let pressed = "console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(process.argv[1])).length)";
    let pressed = shell::answer(shell::command("node").args(["-e", pressed]).arg(&interface))?;
    let pressed: u64 = pressed.trim().parse().context("node prints a number")?;
    println!(
        "The interface takes {} of {} in brotli, and {} as it is",
        megabytes(pressed),
        megabytes(INTERFACE_LIMIT),
        megabytes(size(&interface)?)
    );
    ensure!(deb <= DEB_LIMIT, "the .deb is too large");
    ensure!(pressed <= INTERFACE_LIMIT, "the interface is too large");
    Ok(())
}

/// What is installed is valid where it lies, and the same from both packages.
fn contents(folder: &Path, packages: &Packages) -> Result<()> {
    let (of_deb, of_rpm) = (folder.join("unpacked-deb"), folder.join("unpacked-rpm"));
    shell::answer(shell::command("dpkg-deb").arg("--extract").args([&packages.deb, &of_deb]))?;
    fs::create_dir_all(&of_rpm)?;
    let mut unpack = shell::command("sh");
    unpack.args(["-c", "rpm2cpio \"$1\" | cpio --extract --make-directories --quiet", "sh"]).arg(&packages.rpm);
    shell::answer(unpack.current_dir(&of_rpm))?;
    for tree in [&of_deb, &of_rpm] {
        shell::show(shell::command("appstreamcli").args(["validate-tree", "--no-net"]).arg(tree))?;
        let entry = tree.join("usr/share/applications/weekwise.desktop");
        shell::show(shell::command("desktop-file-validate").arg(entry))?;
        shell::answer(shell::command(tree.join("usr/bin/weekwise")).arg("--version"))?;
    }
    // What each kind of package has of its own lies elsewhere.
    for shared in ["usr/bin", "usr/share/applications", "usr/share/icons", "usr/share/man", "usr/share/metainfo"] {
        shell::show(shell::command("diff").arg("--recursive").args([of_deb.join(shared), of_rpm.join(shared)]))?;
    }
    let needs = shell::answer(shell::command("rpm").args(["--query", "--requires", "--package"]).arg(&packages.rpm))?;
    for library in ["libwebkit2gtk-4.1.so.0()", "libgtk-3.so.0()", "libc.so.6("] {
        ensure!(needs.lines().any(|line| line.starts_with(library)), "the .rpm does not ask for {library}");
    }
    Ok(())
}

/// One story, whose steps need each other: the first that fails ends it.
fn in_clean_system(workspace: &Workspace, folder: &Path, packages: &Packages, tally: &mut Tally) {
    let Some(root) = tally.step("a clean system", || Root::make(&folder.join("root"))) else { return };
    let root = &root;
    let Some(before) = tally.step("an older version is installed and used", || {
        let tree = Tree::stage(workspace, &folder.join("manual"), folder.join("older"))?;
        let older = deb::pack(workspace, tree, folder, Some(OLDER))?;
        root.install(&older)?;
        ensure!(root.version()? == OLDER, "version {} is installed", root.version()?);
        root.put(&workspace.root.join(TERM), "tmp/term.json")?;
        root.ask(&["weekwise", "import", "/tmp/term.json"])?;
        root.ask(&["weekwise", "export", "-"])
    }) else {
        return;
    };
    let Some(()) = tally.step("the new one takes its place and keeps the data", || {
        root.install(&packages.deb)?;
        ensure!(root.version()? != OLDER, "the older version is still there");
        ensure!(root.ask(&["weekwise", "export", "-"])? == before, "the data is not what it was");
        root.ask(&["man", "--where", "weekwise-export"]).map(drop)
    }) else {
        return;
    };
    let Some(()) = tally.step("the menu shows it", || {
        print!("{}", root.menu()?);
        Ok(())
    }) else {
        return;
    };
    let picture = folder.join("installed.png");
    let Some(()) = tally.step("it starts and paints the week", || {
        let session = Session::start(workspace)?;
        root.paint(&session, &picture)
    }) else {
        return;
    };
    println!("   {}", picture.strip_prefix(&workspace.root).unwrap_or(&picture).display());
    tally.step("it is removed, and the person's data is not", || {
        let files: BTreeSet<String> = root.files_of_package()?;
        ensure!(files.contains("/usr/bin/weekwise"), "the package owns its program");
        let data = root.fingerprint(HOME)?;
        ensure!(data.contains("local.sqlite"), "the data lies in {HOME}");
        root.purge()?;
        let left: Vec<_> = files.iter().filter(|file| root.has(file)).collect();
        ensure!(left.is_empty(), "these were left: {left:?}");
        ensure!(root.fingerprint(HOME)? == data, "the data is not what it was");
        Ok(())
    });
}
