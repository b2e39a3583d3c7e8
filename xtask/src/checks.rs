//! What is judged without running anything: formatting and lints, native and WebAssembly.

use anyhow::Result;

use crate::setup::{self, Purpose, Ready};
use crate::shell;
use crate::test::Tally;
use crate::ui;
use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut tally = Tally::default();
    let ready = setup::setup(workspace, Purpose::Check)?;
    all(workspace, &ready, &mut tally);
    tally.conclude();
    Ok(())
}

pub(crate) fn all(workspace: &Workspace, ready: &Ready, tally: &mut Tally) {
    tally.step("formatting", || shell::show(shell::cargo(workspace).args(["fmt", "--all", "--check"])));
    tally.step("lints", || {
        let mut clippy = shell::cargo(workspace);
        clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        shell::show(ready.equip(&mut clippy))
    });
    tally.step("lints of the interface as WebAssembly", || {
        shell::show(ready.equip(&mut ready.wasm.clippy(workspace, ui::PACKAGE)))
    });
}
