//! A server that does not start.

use std::{
    io::{self, Read as _},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::running::SECRET;

/// Longer than a server waits for a database that does not answer.
const ENDS_WITHIN: Duration = Duration::from_secs(15);

/// How it ended.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: Option<i32>,
    /// All that it said, but for how it calls itself.
    pub(crate) line: String,
}

/// Starts a server over the database with an address, and waits until it has ended. That it said one line is checked.
pub(crate) fn refused(database_url: &str, settings: &[(&str, &str)]) -> Refused {
    ended(server(database_url, settings).spawn().unwrap())
}

/// The same as a user without rights: whoever runs the tests, and for root somebody else. None where that one cannot get at
/// the program.
#[cfg(target_os = "linux")]
pub(crate) fn refused_as_nobody(database_url: &str, settings: &[(&str, &str)]) -> Option<Refused> {
    use std::os::unix::{fs::MetadataExt as _, process::CommandExt as _};
    const NOBODY: u32 = 65534;
    let mut server = server(database_url, settings);
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        server.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    match server.spawn() {
        Ok(server) => Some(ended(server)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
        Err(error) => panic!("{error}"),
    }
}

fn server(database_url: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weekwise-server"));
    command.arg("serve").env_clear().env("BETTER_AUTH_SECRET", SECRET).env("HOST", "127.0.0.1").env("PORT", "0");
    command.env("DATABASE_URL", database_url).envs(settings.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn ended(mut server: Child) -> Refused {
    let started = Instant::now();
    let status = loop {
        if let Some(status) = server.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > ENDS_WITHIN {
            server.kill().unwrap();
            panic!("it started");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let mut said = String::new();
    server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let line = said.trim_end().strip_prefix("weekwise-server: ").unwrap_or_else(|| panic!("it said {said:?}"));
    assert!(!line.contains('\n'), "it said more than a line: {said}");
    Refused { code: status.code(), line: line.to_owned() }
}
