//! How accounts look, and each state of sync.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use super::gallery::Gallery;
use super::sample;
use crate::driver::{App, Launch};
use crate::sync::server::PASSWORD;
use crate::window::accounts::{Service, two};
use crate::window::dates::{monday, plus, short};

/// Signing in, what is on the device alone, the account with all its parts, and leaving it.
pub(super) async fn accounts(theme: &'static str) {
    let service = Service::start();
    let email = service.sign_up("ada.with.a.rather.long.address");
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.click(".status").await;
    gallery.app.wait_for(".sign-in").await;
    gallery.show("account-sign-in").await;
    gallery.app.push("Create an account").await;
    gallery.app.fill_in("Server", "http://week.example").await;
    gallery.app.push("Create account").await;
    gallery.app.wait_for_text(".problem", "Write your password.").await;
    gallery.show("account-problems").await;
    gallery.app.push("Sign in").await;

    gallery.app.fill_in("Server", service.url()).await;
    gallery.app.fill_in("E-mail address", &email).await;
    gallery.app.fill_in("Password", PASSWORD).await;
    gallery.app.press("Enter").await;
    gallery.app.wait_status("Synced").await;
    gallery.app.wait_for_text(".question", "On this device alone there are").await;
    gallery.set_theme().await;
    gallery.show("account-bring-along").await;
    gallery.app.push("Keep it apart").await;
    gallery.app.wait_gone(".question").await;
    gallery.app.click("details.folded summary").await;
    gallery.app.wait_for_text(".devices", "This device").await;
    gallery.show("account").await;

    gallery.app.click("details.folded:nth-of-type(3) summary").await;
    gallery.app.fill_in("Password", "not my password").await;
    gallery.app.push("Delete account for good").await;
    gallery.app.wait_for_text(".folded .refusal", "The password is not right.").await;
    gallery.show("account-delete").await;
    gallery.app.fill_in("Password", PASSWORD).await;
    gallery.app.push("Delete account for good").await;
    gallery.app.wait_status("Account deleted").await;
    gallery.show("account-gone").await;
    gallery.done();
}

/// Each state in which sync does not go on.
pub(super) async fn sync_states(theme: &'static str) {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let program = crate::cli::program::Program::new();
    let bus = Bus::start();
    let launch = Launch::new(&program.folder()).env("LC_ALL", "C.UTF-8");
    let app = launch.env("DBUS_SESSION_BUS_ADDRESS", &bus.address).start().await;
    app.resize(1280, 800).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.sign_in(&service, &email).await;
    gallery.set_theme().await;
    gallery.app.wait_for_text(".notices", "You stay signed in only until Weekwise is closed.").await;
    gallery.show("keyring").await;
    gallery.app.push("Keep it in a file").await;
    gallery.app.wait_gone(".notices").await;
    gallery.app.wait_for_text(".sync-state", "Everything is on this device").await;
    gallery.app.wait_status("Synced").await;

    service.stop();
    gallery.app.press("Escape").await;
    gallery.app.begin_at(plus(monday(), 5), 9).await;
    gallery.app.type_text("Climbing").await;
    gallery.app.press("Control+Enter").await;
    gallery.app.wait_status("Offline, 1 waiting").await;
    gallery.app.click(".status").await;
    gallery.show("sync-offline").await;
    gallery.app.push("Sign out").await;
    gallery.app.wait_for_text(".question", "1 edit waits on this device.").await;
    gallery.show("sync-sign-out").await;
    gallery.app.push("Stay signed in").await;

    service.answer(400, &json!({ "error": "newer", "max_proto": 0 }));
    gallery.app.push("Sync now").await;
    gallery.app.wait_status("Server is older").await;
    gallery.show("sync-server-outdated").await;
    service.answer(426, &json!({ "error": "update", "min_proto": 9 }));
    gallery.app.push("Sync now").await;
    gallery.app.wait_status("Update Weekwise").await;
    gallery.show("sync-outdated").await;

    // Whoever has updated it starts it anew; meanwhile the session has ended.
    service.end_all_sessions();
    service.go_on();
    gallery.app = gallery.app.restart().await;
    gallery.app.wait_status("Sign in again").await;
    gallery.app.click(".status").await;
    gallery.app.wait_for(".sign-in").await;
    gallery.show("sync-sign-in-again").await;
    gallery.done();
}

/// What sync did: versions that met, what came, and what does not fit together.
pub(super) async fn sync_changes(theme: &'static str) {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [app, other]) = two(&service, &email).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.press("s").await;
    gallery.app.wait_for_text(".panel", "Nothing came from other devices yet.").await;
    gallery.show("changes-none").await;
    let shown = format!("Algebra, 09:00–10:00, {}", short(plus(monday(), 1)));
    other.add(1, 9, "Algebra").await;
    other.open_slot(&shown).await;
    other.push(&format!("Cancel {} 1 date", short(plus(monday(), 1)))).await;
    other.press("Control+z").await;
    other.wait_status("Synced").await;
    gallery.app.wait_for_text(".told", "cancelled → as usual").await;
    service.stop();
    for (app, title, starts) in
        [(&gallery.app, "Algebra with Ada", "9:15"), (&other, "Linear algebra, second part", "8:30")]
    {
        app.open_slot(&shown).await;
        app.pick("Whole series").await;
        app.fill_in("Title", title).await;
        app.fill_in("Starts", starts).await;
        app.press("Control+Enter").await;
        app.wait_status("Offline, 1 waiting").await;
    }
    service.go_on();
    gallery.app.wait_status("Synced").await;
    gallery.app.push("Changes 3").await;
    gallery.app.wait_for(".sides").await;
    gallery.show("changes").await;
    gallery.done();
}

/// A message bus on which no keyring answers, and none is started.
struct Bus {
    daemon: Child,
    address: String,
    _home: TempDir,
}

impl Bus {
    fn start() -> Self {
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
        Self { daemon, address: address.trim().to_owned(), _home: home }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // Either fails only where it has already ended.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
