//! The real program, run with a data folder of its own and without a display, a session bus or a home.

use std::{
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A data folder and the program to run on it.
pub(crate) struct Program {
    home: TempDir,
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder for the test") }
    }

    /// The data folder. The program makes it.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A path beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A file beside the data folder.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the test's file can be written");
        path
    }

    /// The program as it would be run, without arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weekwise"));
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"] {
            command.env_remove(variable);
        }
        command.env("HOME", self.home.path()).env("WEEKWISE_DATA_DIR", self.folder()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        self.command().args(arguments).output().expect("the program runs").into()
    }

    /// Runs a command that must go well, and gives what it printed.
    pub(crate) fn done<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        ran.out
    }

    /// Runs a command with a text on its standard input.
    pub(crate) fn run_with<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Ran {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        child.stdin.take().expect("it has an input").write_all(input).expect("it reads its input");
        child.wait_with_output().expect("the program ends").into()
    }

    pub(crate) fn import(&self, file: &Path) -> Ran {
        self.run([OsStr::new("import"), file.as_os_str()])
    }

    pub(crate) fn week_json(&self, from: &str, to: &str) -> serde_json::Value {
        let text = self.done(["week", "--from", from, "--to", to, "--json"]);
        serde_json::from_str(&text).expect("the program prints JSON")
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}
