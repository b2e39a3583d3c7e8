//! A process of its own that is told what to do, a line at a time, and answers with a line.

use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader, Lines, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_domain::Request;
use weekwise_protocol::{DoEdit, Edited, Failure, Notice, StorageFault, Undo, Undone, WeekRequest};

use crate::kill;

/// The part that the process plays: `desk`, `work` or `hold`.
pub(crate) const VARIABLE: &str = "WEEKWISE_CHILD";

/// What the process is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Ask {
    Open,
    Edit(Box<Request>),
    Undo,
    Export,
    Snapshot,
    /// What the window is told when it asks for a week.
    Notices,
    Close,
    /// Writes a file until the disk is full.
    Fill,
    /// Removes that file.
    Free,
    /// Overwrites the data file, which is not open.
    Damage,
    /// Removes the snapshots, if there are any.
    Forget,
}

/// How opening ended.
pub(crate) type OpenReply = Result<(), (StorageFault, String)>;

pub(crate) fn play(part: &str) {
    let path = PathBuf::from(std::env::args_os().nth(1).unwrap());
    match part {
        "desk" => desk(&path),
        "work" => kill::work(DataFolder::at(path)),
        "hold" => Runtime::new().unwrap().block_on(hold(&path)),
        other => panic!("there is no part {other}"),
    }
}

fn reply(value: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(value).unwrap()).unwrap();
    out.flush().unwrap();
}

fn desk(path: &Path) {
    let folder = DataFolder::at(path);
    let runtime = Runtime::new().unwrap();
    let mut app: Option<App> = None;
    let filler = path.with_file_name("filler");
    for line in std::io::stdin().lines() {
        let open = || app.as_ref().unwrap();
        match serde_json::from_str(&line.unwrap()).unwrap() {
            Ask::Open => {
                let opened = runtime.block_on(App::open(folder.clone(), Locale::default()));
                reply(&opened.map(|it| app = Some(it)).map_err(|error| (error.fault, error.detail)));
            }
            Ask::Edit(request) => reply(&runtime.block_on(open().edit(DoEdit { request: *request }))),
            Ask::Undo => reply(&runtime.block_on(open().undo(Undo { step: None }))),
            Ask::Export => reply(&runtime.block_on(open().export())),
            Ask::Snapshot => reply(&runtime.block_on(open().daily_snapshot())),
            Ask::Notices => {
                let week = runtime.block_on(open().week(WeekRequest::default()));
                reply(&week.map(|week| week.notices).unwrap());
            }
            Ask::Close => reply(&runtime.block_on(app.take().unwrap().close())),
            Ask::Fill => reply(&fill(&filler)),
            Ask::Free => reply(&std::fs::remove_file(&filler).unwrap()),
            Ask::Forget => reply(&std::fs::remove_dir_all(folder.path().join("snapshots")).is_ok()),
            Ask::Damage => reply(&std::fs::write(folder.file(), "garbage").unwrap()),
        }
    }
}

/// Fills the disk to the last byte, and says how many bytes there were.
fn fill(filler: &Path) -> usize {
    let mut file = File::options().create(true).append(true).open(filler).unwrap();
    let mut filled = 0;
    for size in [64 * 1024, 4096, 512, 1] {
        while let Ok(written) = file.write(&vec![0; size]) {
            filled += written;
        }
    }
    file.sync_all().unwrap();
    filled
}

/// Holds the file of a path as another program would: for itself alone, or only for writing.
async fn hold(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut lines = std::io::stdin().lines();
    while let Some(line) = lines.next() {
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let begin = match line.unwrap().as_str() {
            "alone" => "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT count(*) FROM schedule",
            "writing" => "BEGIN IMMEDIATE",
            other => panic!("{other}"),
        };
        sqlx::raw_sql(begin).execute(&mut connection).await.unwrap();
        reply(&"held");
        lines.next();
        connection.close().await.unwrap();
        reply(&"let go");
    }
}

/// Such a process, seen from outside. It ends with the value.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one; `around` is a command that runs the rest of its arguments, such as `setpriv --reuid 1000`.
    pub(crate) fn start(part: &str, path: &Path, around: &[OsString], program: &Path) -> Self {
        let mut words = around.iter().cloned().chain([program.into(), path.into()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).env(VARIABLE, part).stdin(Stdio::piped()).stdout(Stdio::piped());
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { input: child.stdin.take(), child, output }
    }

    /// The program to start: this one.
    pub(crate) fn program() -> PathBuf {
        std::env::current_exe().unwrap()
    }

    pub(crate) fn desk(folder: &DataFolder) -> Self {
        Self::start("desk", folder.path(), &[], &Self::program())
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn hear(&mut self) -> Option<String> {
        self.output.next().map(Result::unwrap)
    }

    pub(crate) fn ask<T: DeserializeOwned>(&mut self, ask: &Ask) -> T {
        self.tell(&serde_json::to_string(ask).unwrap());
        let line = self.hear().unwrap_or_else(|| panic!("it ended when asked to {ask:?}"));
        serde_json::from_str(&line).unwrap()
    }

    pub(crate) fn open(&mut self) -> OpenReply {
        self.ask(&Ask::Open)
    }

    pub(crate) fn edit(&mut self, request: Request) -> Result<Edited, Failure> {
        self.ask(&Ask::Edit(Box::new(request)))
    }

    pub(crate) fn undo(&mut self) -> Result<Undone, Failure> {
        self.ask(&Ask::Undo)
    }

    pub(crate) fn export(&mut self) -> Result<String, Failure> {
        self.ask(&Ask::Export)
    }

    pub(crate) fn notices(&mut self) -> Vec<Notice> {
        self.ask(&Ask::Notices)
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
