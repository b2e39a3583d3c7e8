//! The real server over a real Postgres, for tests of what stands before it. Shared by those of the application and those of
//! the program; whoever includes this file needs no part of the server for it.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

#[path = "../../crates/server/tests/it/postgres/cluster.rs"]
mod cluster;

use cluster::{Cluster, programs};

/// The password of everyone.
pub(crate) const PASSWORD: &str = "correct horse";

/// A database with the server's tables. It goes with the cluster, at the end of the run.
pub(crate) struct Database {
    url: String,
}

/// A running server. It ends with the test.
pub(crate) struct Server {
    child: Child,
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    log: TempDir,
}

impl Database {
    /// One that no other test sees.
    pub(crate) fn new() -> Self {
        let database = Self::empty();
        let mut migrate = Command::new(program());
        let migrated = migrate.arg("migrate").env("DATABASE_URL", &database.url).stdout(Stdio::null()).status();
        assert!(migrated.expect("the server's program starts").success(), "an empty database takes all migrations");
        database
    }

    /// One without tables.
    pub(crate) fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let cluster = Cluster::shared();
        let name = format!("weekwise_app_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        psql(&cluster.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE template0"));
        Self { url: cluster.url(&name) }
    }

    /// Runs SQL.
    pub(crate) fn run(&self, sql: &str) {
        psql(&self.url, sql);
    }

    /// Runs a command for operators, and gives what it said.
    pub(crate) fn operate(&self, arguments: &[&OsStr]) -> String {
        let mut command = Command::new(program());
        let output =
            command.args(arguments).env("DATABASE_URL", &self.url).output().expect("the server's program starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("it says text")
    }

    /// Writes all of it to a file, as people do who know nothing of ours.
    pub(crate) fn dump(&self, to: &Path) {
        let mut dump = Command::new(programs().join("pg_dump"));
        let dumped = dump.arg("--format=plain").arg("--file").arg(to).arg(&self.url).status();
        assert!(dumped.expect("pg_dump starts").success());
    }

    /// Reads such a file in.
    pub(crate) fn load(&self, from: &Path) {
        let mut load = Command::new(programs().join("psql"));
        load.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file"]).arg(from).arg(&self.url);
        assert!(load.stdout(Stdio::null()).status().expect("psql starts").success());
    }
}

fn psql(url: &str, sql: &str) {
    let program = programs().join("psql");
    let mut run = Command::new(program);
    run.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", url, "--command", sql]);
    assert!(run.status().expect("psql starts").success(), "{sql}");
}

impl Server {
    /// Starts one on a random port.
    pub(crate) fn start(database: &Database) -> Self {
        let log = tempfile::tempdir().expect("there is room for a log");
        let mut command = Command::new(program());
        command
            .arg("serve")
            .env_clear()
            .env("DATABASE_URL", &database.url)
            .env("BETTER_AUTH_SECRET", "R0rW8nVbH2k6sQ1yT4uZ7pLcXdEaJfGi")
            .env("CORS_ORIGIN", "http://localhost:3001")
            .env("HOST", "127.0.0.1")
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log.path().join("log")).expect("a log can be written"));
        let mut child = command.spawn().expect("the server starts");
        let mut first = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("it has an output"));
        output.read_line(&mut first).expect("it says where it listens");
        let mut server = Self { child, url: String::new(), log };
        match first.trim().strip_prefix("listening on ") {
            Some(url) => server.url = url.to_owned(),
            None => panic!("the server did not start: {}", server.log()),
        }
        server
    }

    /// Makes an account, and gives its e-mail address.
    pub(crate) fn sign_up(&self, name: &str) -> String {
        let email = format!("{name}@week.example");
        let body = format!(r#"{{"name":"{name}","email":"{email}","password":"{PASSWORD}"}}"#);
        let mut stream = TcpStream::connect(self.address()).expect("the server listens");
        let head = format!(
            "POST /api/auth/sign-up/email HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.address(),
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("the server reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("the server answers");
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
        email
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("it talks plain HTTP")
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path().join("log")).unwrap_or_default()
    }

    /// Ends it at once, in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server's program: the one that `WEEKWISE_SERVER` names, else one that is built as the tests are. Cargo builds programs
/// of other packages only when told to.
pub(crate) fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(built) = std::env::var_os("WEEKWISE_SERVER") {
            return built.into();
        }
        let build = ["build", "--quiet", "--package", "weekwise-server", "--bin", "weekwise-server"];
        let built = Command::new(env!("CARGO")).args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.expect("cargo starts").success(), "the server can be built");
        let own = std::env::current_exe().expect("this test is a file");
        let folder = own.parent().and_then(|deps| deps.parent()).expect("cargo puts tests two folders deep");
        folder.join(format!("weekwise-server{}", std::env::consts::EXE_SUFFIX))
    })
}
