//! Feeding a backup to Postgres, of whatever kind it is.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read as _, Seek as _, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    thread,
};

use flate2::bufread::MultiGzDecoder;

use super::{OpsError, plain};
use crate::{
    DatabaseConfig,
    programs::{ProgramError, give_password, judge},
};

/// Puts a backup into a database in one transaction, between two scripts of ours: all of it or nothing.
pub(super) async fn put_in(
    database: &DatabaseConfig,
    file: &Path,
    before: String,
    after: String,
) -> Result<(), OpsError> {
    let kind = Kind::of(file).map_err(OpsError::file(file, "read"))?;
    let (database, file) = (database.clone(), file.to_owned());
    let putting = tokio::task::spawn_blocking(move || {
        let mut psql = Psql::start(&database)?;
        psql.say(&before)?;
        kind.feed(&file, &mut psql)?;
        psql.say(&after)?;
        psql.end()
    });
    putting.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// What a backup is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `pg_dump --format=custom`, as `backup` writes them.
    Custom,
    Plain,
    ZippedPlain,
}

impl Kind {
    fn of(path: &Path) -> io::Result<Self> {
        const CUSTOM: &[u8] = b"PGDMP";
        const ZIPPED: &[u8] = &[0x1f, 0x8b];
        let mut file = File::open(path)?;
        let mut start = Vec::new();
        (&file).take(CUSTOM.len() as u64).read_to_end(&mut start)?;
        if start == CUSTOM {
            return Ok(Self::Custom);
        }
        if !start.starts_with(ZIPPED) {
            return Ok(Self::Plain);
        }
        file.rewind()?;
        start.clear();
        MultiGzDecoder::new(BufReader::new(file)).take(CUSTOM.len() as u64).read_to_end(&mut start)?;
        match start == CUSTOM {
            true => Err(io::Error::other("it is of the custom format inside: gunzip it first")),
            false => Ok(Self::ZippedPlain),
        }
    }

    fn feed(self, path: &Path, psql: &mut Psql) -> Result<(), OpsError> {
        let open = || File::open(path).map(BufReader::new).map_err(OpsError::file(path, "read"));
        match self {
            Self::Custom => feed_custom(path, psql),
            Self::Plain => feed_plain(path, open()?, psql),
            Self::ZippedPlain => feed_plain(path, BufReader::new(MultiGzDecoder::new(open()?)), psql),
        }
    }
}

fn feed_plain(path: &Path, script: impl BufRead, psql: &mut Psql) -> Result<(), OpsError> {
    let mut script = Watched { inner: script, failed: None };
    let copied = plain::copy(&mut script, psql.input());
    if let Some(source) = script.failed {
        return Err(OpsError::File { path: path.into(), done: "read", source });
    }
    match copied {
        Ok(true) => Ok(()),
        Ok(false) => Err(OpsError::refused(format!(
            "{} ends early: it is not all that pg_dump wrote, so nothing was restored",
            path.display()
        ))),
        // psql itself says why it takes no more.
        Err(_) => psql.failed(),
    }
}

fn feed_custom(path: &Path, psql: &mut Psql) -> Result<(), OpsError> {
    const PROGRAM: &str = "pg_restore";
    let mut restore = Command::new(PROGRAM);
    restore.args(["--no-owner", "--no-privileges", "--no-comments", "--file=-"]).arg(path);
    let restore = restore.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut restore = restore.map_err(|source| ProgramError::Start { program: PROGRAM, source })?;
    let said = listen(&mut restore);
    let mut script = restore.stdout.take().expect("its output is ours");
    let copied = io::copy(&mut script, psql.input());
    drop(script);
    let ended = restore.wait().map_err(OpsError::file(path, "read"))?;
    if copied.is_err() {
        return psql.failed();
    }
    judge(PROGRAM, ended, &said.join().unwrap_or_default())?;
    Ok(())
}

/// What a program says on its error output, read beside everything else, so that it never waits for being heard.
fn listen(child: &mut Child) -> thread::JoinHandle<Vec<u8>> {
    let mut output = child.stderr.take().expect("its error output is ours");
    thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read is not said.
        let _ = output.read_to_end(&mut said);
        said
    })
}

/// A reader that remembers its own failure, to tell it from one of the writer.
struct Watched<R> {
    inner: R,
    failed: Option<io::Error>,
}

impl<R: BufRead> io::Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.inner.fill_buf() {
            Ok(bytes) => Ok(bytes),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
    }
}

/// A `psql` that runs what it is told in one transaction, which it commits when its input ends. Dropped before, it is
/// killed, and nothing was done.
struct Psql {
    child: Child,
    /// None once it was told all.
    input: Option<BufWriter<ChildStdin>>,
    said: Option<thread::JoinHandle<Vec<u8>>>,
}

const PSQL: &str = "psql";

impl Psql {
    fn start(database: &DatabaseConfig) -> Result<Self, OpsError> {
        let (address, password) = database.for_programs();
        let mut psql = Command::new(PSQL);
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--no-password",
            "--set=ON_ERROR_STOP=1",
            "--single-transaction",
            "--file=-",
        ]);
        psql.arg("--dbname").arg(address).env("PGOPTIONS", "-c client_min_messages=warning");
        give_password(&mut psql, password);
        let psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = psql.map_err(|source| ProgramError::Start { program: PSQL, source })?;
        let input = child.stdin.take().map(BufWriter::new);
        let said = Some(listen(&mut child));
        Ok(Self { child, input, said })
    }

    fn say(&mut self, script: &str) -> Result<(), OpsError> {
        match self.input().write_all(script.as_bytes()).and_then(|()| self.input().flush()) {
            Ok(()) => Ok(()),
            Err(_) => self.failed(),
        }
    }

    /// Says why it took no more.
    fn failed(&mut self) -> Result<(), OpsError> {
        let status = self.child.wait().map_err(OpsError::file(PSQL, "waited for"))?;
        judge(PSQL, status, &self.said())?;
        Err(OpsError::refused("psql ended before the backup did: nothing was restored"))
    }

    /// Lets it commit.
    fn end(mut self) -> Result<(), OpsError> {
        self.input = None;
        let status = self.child.wait().map_err(OpsError::file(PSQL, "waited for"))?;
        Ok(judge(PSQL, status, &self.said())?)
    }

    /// Where a script is written to.
    fn input(&mut self) -> &mut BufWriter<ChildStdin> {
        self.input.as_mut().expect("only its end closes the input")
    }

    fn said(&mut self) -> Vec<u8> {
        self.said.take().and_then(|said| said.join().ok()).unwrap_or_default()
    }
}

impl Drop for Psql {
    fn drop(&mut self) {
        // It has ended, or it must not commit.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
