//! A Postgres for tests: that of `DATABASE_URL`, or one that is made for the run and goes with it.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::OnceLock,
};

/// Makes a cluster, says where, and waits until its input ends, which it does when the test run ends in whatever way. The
/// first argument is where Postgres's programs are, the others are settings.
///
/// It can be told to stop the cluster as a crash would, and to start it again.
const SCRIPT: &str = r#"
set -e
bin=$1; shift
dir=$(mktemp -d "${TMPDIR:-/tmp}/weekwise-XXXXXX")
trap '"$bin/pg_ctl" stop --pgdata="$dir/data" --mode=immediate >"$dir/stop.log" 2>&1 || true; rm -rf "$dir"' EXIT
"$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/init.log" 2>&1 \
    || { cat "$dir/init.log" >&2; exit 1; }
for setting in "listen_addresses=''" "unix_socket_directories='$dir'" "max_connections=300" "shared_buffers=64MB" "$@"; do
    echo "$setting" >>"$dir/data/postgresql.conf"
done
start() {
    "$bin/pg_ctl" start --pgdata="$dir/data" --log="$dir/log" --wait >"$dir/start.log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
    echo "$dir"
}
start
while read -r word; do
    case $word in
        crash) "$bin/pg_ctl" stop --pgdata="$dir/data" --mode=immediate >"$dir/stop.log" 2>&1; echo stopped ;;
        start) start ;;
    esac
done
"#;

/// A running Postgres.
pub(crate) struct Cluster {
    /// The address of a database in it, but for its name and what follows.
    server: String,
    /// What follows the name.
    options: String,
    made: Option<Made>,
}

/// One that was made for the tests.
struct Made {
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
    _keeper: Child,
}

impl Cluster {
    /// The one that all tests of a run share, each with databases of its own.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("DATABASE_URL") {
            Ok(url) if !url.is_empty() => Self::at(&url),
            // A crash of the machine may take it away: it is quicker for that.
            _ => Self::make(&["fsync=off"]),
        })
    }

    /// One for a test alone, that survives crashes.
    pub(crate) fn own() -> Self {
        Self::make(&[])
    }

    /// One that runs already, by the address of a database in it.
    pub(crate) fn at(url: &str) -> Self {
        let (address, options) = url.split_once('?').unwrap_or((url, ""));
        let (server, _) = address.rsplit_once('/').expect("DATABASE_URL names a database");
        Self { server: server.to_owned(), options: options.to_owned(), made: None }
    }

    /// One with settings of its own, which goes with it.
    pub(crate) fn make(settings: &[&str]) -> Self {
        let mut keeper = shell(SCRIPT);
        keeper.arg(programs()).args(settings).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = keeper.spawn().expect("a shell starts");
        let mut answers = BufReader::new(keeper.stdout.take().expect("it has an output"));
        let folder = answer(&mut answers).unwrap_or_else(|| {
            let mut said = String::new();
            keeper.stderr.take().expect("it has an error output").read_to_string(&mut said).expect("it says text");
            panic!("no Postgres could be started: {said}")
        });
        let words = keeper.stdin.take().expect("it has an input");
        Self {
            server: "postgresql://postgres@localhost".to_owned(),
            options: format!("host={folder}"),
            made: Some(Made { words, answers, _keeper: keeper }),
        }
    }

    /// The address of a database in it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}/{database}?{}", self.server, self.options)
    }

    /// Ends Postgres as a crash would, at once and with nothing written that was not yet.
    pub(crate) fn crash(&mut self) {
        self.tell("crash");
    }

    /// Starts it again; it recovers what was committed.
    pub(crate) fn start(&mut self) {
        self.tell("start");
    }

    fn tell(&mut self, word: &str) {
        let made = self.made.as_mut().expect("only one that was made here is stopped and started");
        writeln!(made.words, "{word}").expect("its keeper listens");
        answer(&mut made.answers).unwrap_or_else(|| panic!("Postgres did not {word}"));
    }
}

fn answer(answers: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    answers.read_line(&mut line).expect("its keeper answers in text");
    (!line.is_empty()).then(|| line.trim_end().to_owned())
}

/// A shell that runs a script. Postgres refuses to run as root: then it is that of Postgres's own user.
pub(crate) fn shell(script: &str) -> Command {
    let is_root = output(Command::new("id").arg("-u")) == "0";
    let mut shell = Command::new("sh");
    #[cfg(unix)]
    if is_root {
        use std::os::unix::process::CommandExt as _;
        let id =
            |option| output(Command::new("id").args([option, "postgres"])).parse().expect("there is a user postgres");
        shell.uid(id("-u")).gid(id("-g"));
    }
    shell.args(["-c", script, "postgres-for-tests"]).current_dir(std::env::temp_dir());
    shell
}

/// Where Postgres's server programs are: the newest that Debian has, else where `pg_config` says.
pub(crate) fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    match newest {
        Some(version) => Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin"),
        None => output(Command::new("pg_config").arg("--bindir")).into(),
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
