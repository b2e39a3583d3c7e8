//! The driver's process and all that it starts.

use std::collections::HashMap;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::DEADLINE;

/// A WebKitWebDriver on its own port. Dropping it ends it, the app and the app's own children.
pub(super) struct Driver {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Driver {
    pub(super) async fn start(home: &Path, environment: &[(String, String)]) -> Self {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "window tests need a display: `cargo xtask test` brings an invisible one"
        );
        // Two that start at once could be given the same port, and one would answer for both.
        static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let _turn = TURN.lock().await;
        loop {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
            let address = free.local_addr().expect("a bound port has a number");
            drop(free);
            // Another program may have taken the port in between; then another one is tried.
            if let Some(driver) = Self::start_on(address, home, environment).await {
                return driver;
            }
        }
    }

    async fn start_on(address: SocketAddr, home: &Path, environment: &[(String, String)]) -> Option<Self> {
        let log = home.join("driver.log");
        let output = File::create(&log).expect("the log can be written");
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={}", address.port()))
            // Makes the shell open its window for automation.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(output.try_clone().expect("the log has a second writer"))
            .stdout(output);
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home.join(name));
        }
        let process = command.spawn().expect("WebKitWebDriver starts; `cargo xtask setup` installs it");
        let mut driver = Self { process, address, log };
        let started = Instant::now();
        loop {
            let answers = tokio::net::TcpStream::connect(address).await.is_ok();
            if driver.process.try_wait().expect("a child can be asked").is_some() {
                return None;
            }
            if answers {
                return Some(driver);
            }
            assert!(started.elapsed() < DEADLINE, "WebKitWebDriver does not answer: {}", driver.log());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The driver, the app and the app's own children, as they are now.
    pub(super) fn family(&self) -> Vec<u32> {
        descendants(self.process.id())
    }

    /// What the driver and the app have printed.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = self.family();
        let mut kill = Command::new("kill");
        kill.arg("-KILL").args(family.iter().map(u32::to_string));
        // Fails for those that have ended by themselves.
        let _ = kill.stderr(Stdio::null()).status();
        let _ = self.process.wait();
        wait_until_gone(&family);
    }
}

/// Waits for processes to end: a window that is opened next must not find their name on the message bus.
pub(super) fn wait_until_gone(family: &[u32]) {
    let started = Instant::now();
    while family.iter().any(|id| is_running(*id)) && started.elapsed() < DEADLINE {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Whether a process is there and more than a zombie.
fn is_running(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// A process and all below it.
fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name, in parentheses, may hold anything; after it come the state and the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        found.extend(children.remove(&id).unwrap_or_default());
        next += 1;
    }
    found
}
