//! The server, built and started anew when a file that it is made of changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::shell;
use crate::workspace::Workspace;

const PACKAGE: &str = "weekwise-server";
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Where the web client of the server that this one replaces runs while it is worked on.
const WEB_CLIENT: &str = "http://localhost:3001";

/// A server that follows its sources until it is dropped.
pub(super) struct Server {
    stop: Arc<AtomicBool>,
    follower: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one over a database.
    pub(super) fn start(workspace: &Workspace, database_url: String) -> Self {
        let (workspace, stop) = (workspace.clone(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&stop);
        let follower = thread::spawn(move || {
            if let Err(error) = follow(&workspace, &database_url, &told) {
                eprintln!("the server is not looked after any more: {error:#}");
            }
        });
        Self { stop, follower: Some(follower) }
    }

    /// Until it cannot go on, or this program is ended.
    pub(super) fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(follower) = self.follower.take() {
            // A panic has been printed.
            let _ = follower.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.join();
    }
}

fn follow(workspace: &Workspace, database_url: &str, stop: &AtomicBool) -> Result<()> {
    let mut folders: Vec<PathBuf> = workspace.folders_behind(PACKAGE)?.into_iter().collect();
    folders.push(workspace.root.join("migrations").join("postgres"));
    let mut running: Option<Child> = None;
    while !stop.load(Ordering::Relaxed) {
        let built_from = state(&folders)?;
        // The old one answers until the new one is there.
        if let Err(error) = build(workspace) {
            println!("{error:#}; waiting for a change");
        } else {
            end(&mut running);
            running = start(workspace, database_url).map_err(|error| println!("{error:#}; waiting for a change")).ok();
        }
        while state(&folders)? == built_from && !stop.load(Ordering::Relaxed) {
            thread::sleep(LOOK_EVERY);
        }
    }
    end(&mut running);
    Ok(())
}

fn build(workspace: &Workspace) -> Result<()> {
    shell::show(shell::cargo(workspace).args(["build", "--package", PACKAGE]))
}

fn start(workspace: &Workspace, database_url: &str) -> Result<Child> {
    let program = workspace.target.join("debug").join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
    shell::show(shell::command(&program).arg("migrate").env("DATABASE_URL", database_url))?;
    let mut serve = shell::command(&program);
    serve.arg("serve").env("DATABASE_URL", database_url);
    if std::env::var_os("CORS_ORIGIN").is_none() {
        serve.env("CORS_ORIGIN", WEB_CLIENT);
    }
    serve.spawn().context("could not start the server")
}

fn end(running: &mut Option<Child>) {
    if let Some(mut server) = running.take() {
        // Either fails only where it has already ended.
        let _ = server.kill();
        let _ = server.wait();
    }
}

/// How many files there are, and when the last of them was changed.
fn state(folders: &[PathBuf]) -> Result<(usize, Option<SystemTime>)> {
    let mut state = (0, None);
    for folder in folders {
        look(folder, &mut state)?;
    }
    Ok(state)
}

fn look(folder: &Path, state: &mut (usize, Option<SystemTime>)) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests" && name != "deploy") {
                look(&path, state)?;
            }
        } else if let Ok(changed) = path.metadata().and_then(|about| about.modified()) {
            // One that went meanwhile is seen in the count the next time.
            state.0 += 1;
            state.1 = state.1.max(Some(changed));
        }
    }
    Ok(())
}
