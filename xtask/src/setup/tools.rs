//! Programs that are built or fetched for Weekwise alone, each in a folder named by its version.
//! trunk would download what it does not find; so it finds everything.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::scratch::Scratch;
use crate::shell;

const AXE_VERSION: &str = "4.14.1";
const BINARYEN_VERSION: &str = "132.0.0";

pub(super) struct Tool {
    package: &'static str,
    version: String,
    program: &'static str,
    /// Arguments of `cargo install` beyond name and version.
    options: &'static [&'static str],
    /// How long it takes to build on two cores.
    about: &'static str,
}

impl Tool {
    /// Its version must equal that of the crate to the last digit.
    pub(super) fn wasm_bindgen(lock: &Path) -> Result<Self> {
        let text = fs::read_to_string(lock).with_context(|| format!("could not read {}", lock.display()))?;
        let version = locked_version(&text, "wasm-bindgen")
            .with_context(|| format!("{} names no wasm-bindgen", lock.display()))?;
        // Not --locked: its lock file names a crate version that was withdrawn.
        Ok(Self {
            package: "wasm-bindgen-cli",
            version: version.to_owned(),
            program: "wasm-bindgen",
            options: &[],
            about: "about 2 min",
        })
    }

    /// The last version that our Rust can build.
    pub(super) fn trunk() -> Self {
        Self {
            package: "trunk",
            version: "0.21.14".to_owned(),
            program: "trunk",
            options: &["--locked", "--no-default-features", "--features", "rustls"],
            about: "about 4 min",
        }
    }

    pub(super) fn cargo_deny() -> Self {
        Self {
            package: "cargo-deny",
            version: "0.20.2".to_owned(),
            program: "cargo-deny",
            options: &["--locked"],
            about: "about 2 min",
        }
    }

    /// The folder that holds the program, which is built first where it is missing.
    pub(super) fn provide(&self, tools: &Path) -> Result<PathBuf> {
        let home = tools.join(format!("{}-{}", self.package, self.version));
        let folder = home.join("bin");
        let program = folder.join(format!("{}{}", self.program, std::env::consts::EXE_SUFFIX));
        if program.is_file() {
            return Ok(folder);
        }
        fs::create_dir_all(tools).with_context(|| format!("could not create {}", tools.display()))?;
        let _turn = wait_for_turn(tools)?;
        if program.is_file() {
            return Ok(folder);
        }

        let mut install = shell::command("cargo");
        install
            // Away from the repository, whose cargo settings are not meant for tools.
            .current_dir(tools)
            .args(["install", self.package, "--version", &self.version])
            .args(self.options)
            .arg("--root")
            .arg(&home)
            .env("CARGO_TARGET_DIR", build_dir(tools))
            // Quick to build matters more than quick to run.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        let title = format!("Setup: building {} {} ({})", self.package, self.version, self.about);
        shell::with_progress(&title, &mut install, &tools.join(format!("{}.log", self.package)), None)?;
        if !program.is_file() {
            bail!("{} {} came without {}", self.package, self.version, program.display());
        }
        Ok(folder)
    }
}

/// What the builds left; it is large and of no further use.
pub(super) fn clean_up(tools: &Path) {
    let _ = fs::remove_dir_all(build_dir(tools));
}

/// The accessibility rules of axe-core, as one script for a page.
pub(super) fn axe(tools: &Path) -> Result<PathBuf> {
    Ok(from_npm(tools, "axe-core", AXE_VERSION, &["axe.min.js"])?.join("axe.min.js"))
}

/// The folder that holds `wasm-opt`. It comes from npm, where it is a script with WebAssembly in it: Debian's cannot
/// read what today's compilers write.
pub(super) fn wasm_opt(tools: &Path) -> Result<PathBuf> {
    let files = ["bin/wasm-opt", "bin/package.json"];
    Ok(from_npm(tools, "binaryen", BINARYEN_VERSION, &files)?.join("bin"))
}

/// The folder that holds these files of a package, which are fetched first where they are missing.
fn from_npm(tools: &Path, package: &str, version: &str, files: &[&str]) -> Result<PathBuf> {
    let name = format!("{package}-{version}");
    let home = tools.join(&name);
    if files.iter().all(|file| home.join(file).is_file()) {
        return Ok(home);
    }
    fs::create_dir_all(tools).with_context(|| format!("could not create {}", tools.display()))?;
    let _turn = wait_for_turn(tools)?;
    let scratch = Scratch::new()?;
    let mut pack = shell::command("npm");
    pack.args(["pack", &format!("{package}@{version}")]).current_dir(scratch.path());
    shell::with_progress(
        &format!("Setup: fetching {package} {version}"),
        &mut pack,
        &tools.join(format!("{package}.log")),
        Some(Duration::from_secs(180)),
    )?;
    let arriving = tools.join(format!("{name}.arriving"));
    let _ = fs::remove_dir_all(&arriving);
    fs::create_dir_all(&arriving)?;
    let mut unpack = shell::command("tar");
    unpack.arg("-xzf").arg(scratch.path().join(format!("{name}.tgz"))).arg("-C").arg(&arriving);
    shell::answer(unpack.arg("--strip-components=1").args(files.iter().map(|file| format!("package/{file}"))))?;
    let _ = fs::remove_dir_all(&home);
    fs::rename(&arriving, &home).with_context(|| format!("could not create {}", home.display()))?;
    Ok(home)
}

fn build_dir(tools: &Path) -> PathBuf {
    tools.join("build")
}

/// Two clones may be set up at once; the second finds what the first has built.
pub(super) fn wait_for_turn(tools: &Path) -> Result<File> {
    let turn = File::create(tools.join("lock"))?;
    if turn.try_lock().is_err() {
        println!("Setup: waiting for another setup on this machine");
        turn.lock()?;
    }
    Ok(turn)
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_crate_itself_and_not_of_a_namesake() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "yew"), None);
    }
}
