//! A process with a message bus of its own, which is told what to do, a line at a time, and answers with a line.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::runtime::Runtime;
use weekwise_app::{
    AccountError, App, Credentials, DataFolder, Keep, Kept, KeyringTrouble, Locale, Origin, PasswordChange, Sessions,
    SignedIn, Sync, accounts, change_password, keep_session, probe_keyring, sign_in, sign_out,
};

use crate::{bus::Bus, server::PASSWORD};

/// Says that the process is one of these.
pub(crate) const VARIABLE: &str = "WEEKWISE_CHILD";

/// What the process is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// To look whether the keyring can be used, for so many milliseconds.
    Probe(u64),
    /// To sign in at a server, with an e-mail address.
    SignIn(String, String, To),
    /// To keep the session elsewhere.
    Keep(To),
    /// To change the password, and sign the others out.
    ChangePassword,
    /// To sync until there is nothing to do.
    Sync,
    SignOut,
}

/// [`Keep`], in a line.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum To {
    Keyring,
    KeyringElseMemory,
    File,
}

/// What is wrong, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wrong {
    Absent,
    NotSetUp,
    Locked,
    Refused,
    Silent(u64),
    SignedOut,
    Other(String),
}

/// Where a session is, and why not in the keyring.
pub(crate) type Place = Result<(String, Option<Wrong>), Wrong>;

impl From<KeyringTrouble> for Wrong {
    fn from(trouble: KeyringTrouble) -> Self {
        assert!(!trouble.advice().is_empty());
        match trouble {
            KeyringTrouble::Absent(_) => Self::Absent,
            KeyringTrouble::NotSetUp => Self::NotSetUp,
            KeyringTrouble::Locked => Self::Locked,
            KeyringTrouble::Refused(_) => Self::Refused,
            KeyringTrouble::Silent { seconds } => Self::Silent(seconds),
        }
    }
}

impl From<AccountError> for Wrong {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Keyring(trouble) => trouble.into(),
            AccountError::SignedOut => Self::SignedOut,
            error => Self::Other(format!("{error:?}")),
        }
    }
}

pub(crate) fn play() {
    let root = DataFolder::at(std::env::args_os().nth(1).unwrap());
    let (runtime, sessions) = (Runtime::new().unwrap(), Sessions::default());
    for line in std::io::stdin().lines() {
        let ask = serde_json::from_str(&line.unwrap()).unwrap();
        let reply = runtime.block_on(answer(&root, &sessions, ask));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{reply}").unwrap();
        out.flush().unwrap();
    }
}

async fn answer(root: &DataFolder, sessions: &Sessions, ask: Ask) -> serde_json::Value {
    let json = |value: Place| serde_json::to_value(value).unwrap();
    match ask {
        Ask::Probe(patience) => {
            let probed = probe_keyring(Duration::from_millis(patience)).await;
            serde_json::to_value(probed.map_err(Wrong::from)).unwrap()
        }
        Ask::SignIn(server, email, to) => {
            let server = Origin::parse(&server).unwrap();
            let credentials = Credentials { server: &server, email: &email, password: PASSWORD, keep: to.into() };
            json(place(sign_in(root, sessions, credentials).await))
        }
        Ask::Keep(to) => json(place(keep_session(root, sessions, &shown(root), to.into()).await)),
        Ask::ChangePassword => {
            let change = PasswordChange { current: PASSWORD, new: "battery staple", end_others: true };
            json(place(change_password(root, sessions, &shown(root), change).await))
        }
        Ask::Sync => serde_json::to_value(sync(root, sessions).await).unwrap(),
        Ask::SignOut => {
            let signed_out = sign_out(root, sessions, &shown(root)).await.map_err(Wrong::from);
            serde_json::to_value(signed_out.map(|it| format!("{:?}", it.trouble))).unwrap()
        }
    }
}

async fn sync(root: &DataFolder, sessions: &Sessions) -> Result<String, Wrong> {
    let opened = App::open_account_with(root.clone(), Some(shown(root)), Locale::default(), sessions.clone()).await;
    let app = opened.unwrap();
    let sync = Sync::of(&app).await;
    let state = match sync {
        Ok(mut sync) => Ok(format!("{:?}", sync.settle().await)),
        Err(error) => Err(error.into()),
    };
    app.close().await;
    state
}

fn place(outcome: Result<SignedIn, AccountError>) -> Place {
    let SignedIn { kept, keyring_trouble } = outcome?;
    Ok((format!("{:?}", kept.session), keyring_trouble.map(Wrong::from)))
}

fn shown(root: &DataFolder) -> Kept {
    accounts(root).unwrap().shown().unwrap().clone()
}

impl From<To> for Keep {
    fn from(to: To) -> Self {
        match to {
            To::Keyring => Self::Keyring,
            To::KeyringElseMemory => Self::KeyringElseMemory,
            To::File => Self::File,
        }
    }
}

/// Such a process, seen from outside. It ends with the value.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one on a bus, with a data folder.
    pub(crate) fn start(bus: &Bus, data: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(data).env(VARIABLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        Self::spawn(bus.around(&mut command))
    }

    /// Starts one on a machine without a bus.
    pub(crate) fn without_bus(data: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(data).env(VARIABLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", data);
        Self::spawn(&mut command)
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { input: child.stdin.take(), child, output }
    }

    pub(crate) fn ask<T: DeserializeOwned>(&mut self, ask: &Ask) -> T {
        writeln!(self.input.as_mut().unwrap(), "{}", serde_json::to_string(ask).unwrap()).unwrap();
        let line = self.output.next().unwrap_or_else(|| panic!("it ended when asked to {ask:?}")).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    pub(crate) fn probe(&mut self) -> Result<(), Wrong> {
        self.ask(&Ask::Probe(10_000))
    }

    pub(crate) fn sync(&mut self) -> Result<String, Wrong> {
        self.ask(&Ask::Sync)
    }

    pub(crate) fn keep(&mut self, to: To) -> Place {
        self.ask(&Ask::Keep(to))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
