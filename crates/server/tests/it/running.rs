//! The real server, as a process of its own.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::postgres::Database;

/// What the servers of tests sign with.
pub(crate) const SECRET: &str = "R0rW8nVbH2k6sQ1yT4uZ7pLcXdEaJfGi";
/// The web client that they know.
pub(crate) const ORIGIN: &str = "http://localhost:3001";

/// How long a server may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

/// A running server. It ends with the test.
pub(crate) struct Running {
    child: Child,
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    folder: TempDir,
}

impl Running {
    /// Starts one on a random port, with the settings of a developer.
    pub(crate) fn start(database: &Database) -> Self {
        Self::start_with(database, &[])
    }

    /// Starts one with other settings.
    pub(crate) fn start_with(database: &Database, settings: &[(&str, &str)]) -> Self {
        Self::start_at(&database.url, settings)
    }

    /// Starts one over the database with an address.
    pub(crate) fn start_at(database_url: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_program(Path::new(env!("CARGO_BIN_EXE_weekwise-server")), database_url, settings)
    }

    /// Starts one of whatever version.
    pub(crate) fn start_program(program: &Path, database_url: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a log");
        let log = File::create(folder.path().join("log")).expect("a log can be written");
        let mut command = Command::new(program);
        command
            .arg("serve")
            .env_clear()
            .env("DATABASE_URL", database_url)
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("CORS_ORIGIN", ORIGIN)
            .env("HOST", "127.0.0.1")
            .env("PORT", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().expect("the server starts");
        let mut first = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("it has an output"));
        output.read_line(&mut first).expect("it says where it listens");
        let mut running = Self { child, url: String::new(), folder };
        match first.trim().strip_prefix("listening on ") {
            Some(url) => running.url = url.to_owned(),
            None => panic!("the server did not start: {}", running.log()),
        }
        running
    }

    /// The address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("it talks plain HTTP")
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).expect("the log is text")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Ends it at once, in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs until it is killed");
        self.child.wait().expect("it ends");
    }

    /// Tells it to stop, and waits until it has. Whether it ended well.
    #[cfg(unix)]
    pub(crate) fn stop(&mut self) -> bool {
        let told = Command::new("kill").arg(self.id().to_string()).status().expect("kill starts");
        assert!(told.success(), "it runs until it is told to stop");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.success();
            }
            assert!(started.elapsed() < ENDS_WITHIN, "it did not stop: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
