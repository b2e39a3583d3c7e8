//! Every check and every test. A failing step hides none after it, and the last line is the total.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::checks;
use crate::display::Session;
use crate::setup::{self, Purpose, Ready};
use crate::shell;
use crate::ui;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let mut tally = Tally::default();
    let ready = tally.step("setup", || setup::setup(workspace, Purpose::Test));
    if let Some(ready) = ready {
        tally.step("licences, sources and bans of dependencies", || {
            println!("Advisories need the network and are not checked here: `cargo deny check advisories`");
            let mut deny = shell::cargo(workspace);
            deny.args(["deny", "--locked", "check", "bans", "licenses", "sources"]);
            shell::show(ready.equip(&mut deny))
        });
        if cfg!(target_os = "linux") {
            tally.step("desktop file and metainfo of the packages", || bundle::validate(workspace));
        }
        checks::all(workspace, &ready, &mut tally);
        tally.step("the interface builds", || ui::build(workspace, &ready));
        cargo_test(workspace, &ready, &mut tally);
    }
    tally.conclude();
    Ok(())
}

/// What passed and what failed so far.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    failed: usize,
    /// The names of what failed, for the summary.
    failures: Vec<String>,
}

impl Tally {
    /// A step that counts as one.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n== {name}");
        let started = Instant::now();
        match work() {
            Ok(outcome) => {
                self.passed += 1;
                println!("   passed in {} s", started.elapsed().as_secs());
                Some(outcome)
            }
            Err(error) => {
                self.fail(name);
                println!("   failed: {error:#}");
                None
            }
        }
    }

    fn fail(&mut self, name: &str) {
        self.failed += 1;
        self.failures.push(name.to_owned());
    }

    /// Prints the total as the last line and ends this program badly when anything failed.
    pub(crate) fn conclude(self) {
        println!();
        for name in &self.failures {
            println!("failed: {name}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed > 0 {
            std::process::exit(1);
        }
    }
}

/// All tests of the workspace, on an invisible screen, beside an empty keyring.
fn cargo_test(workspace: &Workspace, ready: &Ready, tally: &mut Tally) {
    println!("\n== tests");
    let before = tally.failed;
    if let Err(error) = run_tests(workspace, ready, tally) {
        println!("   failed: {error:#}");
        // A test that failed is counted already; what does not compile is not.
        if tally.failed == before {
            tally.fail("tests");
        }
    }
}

fn run_tests(workspace: &Workspace, ready: &Ready, tally: &mut Tally) -> Result<()> {
    let session = cfg!(target_os = "linux").then(|| Session::start(workspace)).transpose()?;
    let mut tests = match &session {
        Some(session) => session.enter("__keyring")?,
        None => shell::command("cargo"),
    };
    if session.is_some() {
        tests.arg("cargo");
    }
    // Cargo has built it for the server's own tests before the first test of a device asks for it.
    let server = workspace.target.join("debug").join(format!("weekwise-server{}", std::env::consts::EXE_SUFFIX));
    tests.args(["test", "--workspace", "--no-fail-fast"]).current_dir(&workspace.root).env("WEEKWISE_SERVER", server);
    if !count(ready.equip(&mut tests), tally)? {
        bail!("cargo test did not succeed");
    }
    Ok(())
}

/// Passes the output on and adds up cargo's results.
fn count(tests: &mut Command, tally: &mut Tally) -> Result<bool> {
    let mut child = tests.stdout(Stdio::piped()).spawn().context("could not start the tests")?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            if let Some((passed, failed)) = result(&line) {
                tally.passed += passed;
                tally.failed += failed;
            } else if let Some(name) = line.strip_prefix("test ").and_then(|l| l.strip_suffix(" ... FAILED")) {
                tally.failures.push(name.to_owned());
            }
        }
    }
    Ok(child.wait()?.success())
}

/// Reads `test result: ok. 3 passed; 0 failed; …`.
fn result(line: &str) -> Option<(usize, usize)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut counts = counts.split("; ").map(|count| count.split_once(' '));
    let mut next = |what: &str| {
        let (number, named) = counts.next()??;
        (named == what).then(|| number.parse().ok())?
    };
    Some((next("passed")?, next("failed")?))
}

#[cfg(test)]
mod tests {
    use super::result;

    #[test]
    fn results_of_cargo_are_read_and_nothing_else() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(result(line), Some((12, 3)));
        assert_eq!(result("test result_of_a_merge ... ok"), None);
        assert_eq!(result("running 4 tests"), None);
    }
}
