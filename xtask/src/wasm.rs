//! How this machine compiles WebAssembly: with rustup's target, or where rustup's servers are
//! out of reach with Debian's compiler, which builds the standard library from its source.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell;
use crate::workspace::Workspace;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages for the second way; `CLIPPY` is only for the lints.
pub(crate) const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld"];
pub(crate) const DEBIAN_CLIPPY: &str = "rust-web-clippy";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CLIPPY_DRIVER: &str = "/usr/bin/clippy-driver";

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Toolchain {
    Rustup,
    Debian,
}

impl Toolchain {
    /// What is installed, if anything. `WEEKWISE_WASM=debian` prefers Debian's compiler.
    pub(crate) fn detect() -> Result<Option<Self>> {
        let prefers_debian = prefers_debian();
        if !prefers_debian && has_rustup_target()? {
            return Ok(Some(Self::Rustup));
        }
        // The source lies where this compiler's sysroot is, and only its own version fits.
        let debian = Path::new(DEBIAN_RUSTC).is_file()
            && Path::new("/usr/lib/rustlib/src/rust/library/std").is_dir()
            && shell::find("wasm-ld").is_some();
        Ok(debian.then_some(Self::Debian))
    }

    /// Sets what cargo or trunk needs beyond its arguments.
    pub(crate) fn configure(self, command: &mut Command) {
        if self == Self::Debian {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                // Since the standard library is built anyway, let it be the small one.
                .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld");
        }
    }

    /// Clippy for one package, refusing warnings. Debian's `cargo clippy` is not asked, because
    /// rustup's comes first on the PATH and cannot read what Debian's compiler wrote.
    pub(crate) fn clippy(self, workspace: &Workspace, package: &str) -> Command {
        let mut cargo = shell::cargo(workspace);
        self.configure(&mut cargo);
        cargo.env("CARGO_TARGET_DIR", workspace.ui_target());
        match self {
            Self::Rustup => {
                cargo.args(["clippy", "--package", package, "--target", TARGET]);
                cargo.args(["--", "-D", "warnings"]);
            }
            Self::Debian => {
                cargo.args(["check", "--package", package, "--target", TARGET]);
                cargo.env("RUSTC_WORKSPACE_WRAPPER", DEBIAN_CLIPPY_DRIVER);
                // The form in which `cargo clippy` hands its arguments to the driver.
                cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
            }
        }
        cargo
    }
}

pub(crate) fn prefers_debian() -> bool {
    std::env::var_os("WEEKWISE_WASM").is_some_and(|way| way == "debian")
}

fn has_rustup_target() -> Result<bool> {
    let sysroot = shell::answer(shell::command("rustc").args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir())
}
