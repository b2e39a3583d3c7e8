//! A message bus of a window's own, on which no keyring answers until one is started.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a program on the bus may take to be there.
const PATIENCE: Duration = Duration::from_secs(20);

/// The bus. Nothing is started on it when it is asked for.
pub(super) struct Bus {
    daemon: Child,
    pub(super) address: String,
    home: TempDir,
}

impl Bus {
    pub(super) fn start() -> Self {
        let home = tempfile::tempdir().expect("a folder for the bus");
        let config = home.path().join("bus.conf");
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth><policy context="default">
            <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#,
            home.path().display()
        );
        std::fs::write(&config, text).expect("its configuration can be written");
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        let mut daemon = command.stdout(Stdio::piped()).spawn().expect("dbus-daemon starts");
        let mut address = String::new();
        let output = daemon.stdout.take().expect("it has an output");
        BufReader::new(output).read_line(&mut address).expect("it says where it is");
        Self { daemon, address: address.trim().to_owned(), home }
    }

    /// Starts GNOME's keyring on it, unlocked.
    pub(super) fn keyring(&self) -> Keyring {
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, self.home.path());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = command.spawn().expect("gnome-keyring-daemon starts");
        // The password, ended by the closing pipe.
        let mut password = daemon.stdin.take().expect("it has an input");
        password.write_all(b"a password").expect("it reads its password");
        drop(password);
        let keyring = Keyring { daemon };
        let asked =
            ["org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
        let started = Instant::now();
        while !self.call(asked).contains("boolean true") {
            assert!(started.elapsed() < PATIENCE, "the keyring is on the bus in time");
            thread::sleep(Duration::from_millis(20));
        }
        keyring
    }

    /// Locks the keyring.
    pub(super) fn lock(&self) {
        let locked = self.call([
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ]);
        assert!(locked.contains("/collection/login"), "the keyring is locked: {locked}");
    }

    /// Calls a method of a name at a path with an argument, and gives the answer.
    fn call(&self, [name, path, method, argument]: [&str; 4]) -> String {
        let mut command = Command::new("dbus-send");
        command.arg(format!("--bus={}", self.address)).arg(format!("--dest={name}"));
        let said = command.args(["--print-reply", path, method, argument]).output().expect("dbus-send starts");
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).expect("it says text")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        end(&mut self.daemon);
    }
}

/// A running keyring. It ends with the value.
pub(super) struct Keyring {
    daemon: Child,
}

impl Drop for Keyring {
    fn drop(&mut self) {
        end(&mut self.daemon);
    }
}

fn end(daemon: &mut Child) {
    // Either fails only where it has already ended.
    let _ = daemon.kill();
    let _ = daemon.wait();
}
