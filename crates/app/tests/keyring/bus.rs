//! A message bus of a test's own, and GNOME's keyring on it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use zbus::blocking::{Connection, connection::Builder, fdo::DBusProxy};

/// How long a program may take to start, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the keyring is called on the bus.
const SECRETS: &str = "org.freedesktop.secrets";

/// A bus on which nobody is at first, and on which nothing is started when it is asked for.
pub(crate) struct Bus {
    daemon: Child,
    address: String,
    /// What belongs to the person whose bus it is: configuration, keyrings, logs.
    pub(crate) home: TempDir,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        let listen = home.path().display();
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={listen}</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
            </busconfig>"#
        );
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        let log = File::create(home.path().join("bus.log")).unwrap();
        let daemon = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut daemon = daemon.expect("dbus-daemon starts: install the package dbus-daemon");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let bus = Self { daemon, address: address.trim().to_owned(), home };
        assert!(!bus.address.is_empty(), "dbus-daemon says where it is; else: {}", bus.log("bus.log"));
        bus
    }

    /// Puts a program on the bus.
    pub(crate) fn around<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, self.home.path());
        }
        command
    }

    /// A connection of the test.
    pub(crate) fn connect(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().unwrap()
    }

    /// Takes the keyring's name, and says nothing that a keyring would.
    pub(crate) fn impersonate(&self) -> Connection {
        let connection = Builder::address(self.address.as_str()).unwrap().name(SECRETS).unwrap().build().unwrap();
        // From now on it answers, that it has no such object.
        let _ = connection.object_server();
        connection
    }

    /// Starts the keyring; with an unlocked one of its owner, which is made if need be, or without.
    pub(crate) fn keyring(&self, is_unlocked: bool) -> Keyring {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if is_unlocked {
            command.arg("--unlock");
        }
        let log = File::create(self.home.path().join("keyring.log")).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let daemon = self.around(&mut command).spawn();
        let mut daemon = daemon.expect("gnome-keyring-daemon starts: install the package gnome-keyring");
        // The password, ended by the closing pipe. It reads none where it does not unlock.
        let _ = daemon.stdin.take().unwrap().write_all(b"a password");
        let mut keyring = Keyring { daemon };
        let connection = self.connect();
        let names = DBusProxy::new(&connection).unwrap();
        wait(|| {
            let ended = keyring.daemon.try_wait().unwrap();
            assert_eq!(ended, None, "gnome-keyring-daemon runs; else: {}", self.log("keyring.log"));
            names.name_has_owner(SECRETS.try_into().unwrap()).unwrap().then_some(())
        });
        keyring
    }

    /// How many secrets of Weekwise the keyring has.
    pub(crate) fn secrets(&self) -> usize {
        let attributes = std::collections::HashMap::from([("service", "app.weekwise.desktop")]);
        let reply = self.call("SearchItems", &(attributes,));
        let (unlocked, locked): (Vec<zbus::zvariant::OwnedObjectPath>, Vec<zbus::zvariant::OwnedObjectPath>) =
            reply.body().deserialize().unwrap();
        unlocked.len() + locked.len()
    }

    /// Locks everything.
    pub(crate) fn lock(&self) {
        let login = zbus::zvariant::ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap();
        self.call("Lock", &(vec![login],));
    }

    fn call(&self, method: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) -> zbus::Message {
        let path = "/org/freedesktop/secrets";
        let interface = Some("org.freedesktop.Secret.Service");
        self.connect().call_method(Some(SECRETS), path, interface, method, body).unwrap()
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.home.path().join(name)).unwrap_or_default()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A running keyring. It ends with the value.
pub(crate) struct Keyring {
    daemon: Child,
}

impl Keyring {
    /// Stops it in the midst of whatever it does, and lets it go on.
    pub(crate) fn halt(&self, is_halted: bool) {
        let signal = if is_halted { "-STOP" } else { "-CONT" };
        let sent =
            Command::new("sh").args(["-c", "kill \"$0\" \"$1\"", signal, &self.daemon.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Waits until there is something.
pub(crate) fn wait<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "it came in time");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The files below a folder that hold a text.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.is_file() && String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(text) {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found
}
