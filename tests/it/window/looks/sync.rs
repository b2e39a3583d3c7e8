//! How sync looks: each state in which it does not go on, and what it has to tell.

use serde_json::json;

use super::bus::Bus;
use super::gallery::Gallery;
use super::sample;
use crate::cli::program::Program;
use crate::driver::{App, Launch};
use crate::sync::server::PASSWORD;
use crate::window::accounts::{Service, two};
use crate::window::dates::{monday, plus, short};

/// Each state in which sync does not go on.
pub(super) async fn states(theme: &'static str) {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let bus = Bus::start();
    let launch = Launch::new(&program.folder()).env("LC_ALL", "C.UTF-8");
    let app = launch.env("DBUS_SESSION_BUS_ADDRESS", &bus.address).start().await;
    app.resize(1280, 800).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.sign_in(&service, &email).await;
    gallery.set_theme().await;
    gallery.app.wait_for_text(".account .note", "You stay signed in only until Weekwise is closed.").await;
    gallery.show("keyring").await;
    gallery.app.push("Keep it in a file").await;
    gallery.app.wait_for_text(".account .note", "not encrypted, that only you can read.").await;
    gallery.app.wait_for_text(".sync-state", "Everything is on this device").await;
    gallery.app.wait_status("Synced").await;

    service.stop();
    gallery.app.wait_status("Offline").await;
    gallery.app.click("details.folded summary").await;
    gallery.app.wait_for_text(".folded", "This list needs the server").await;
    gallery.show("devices-offline").await;
    gallery.app.click("details.folded summary").await;
    // Whoever starts it anew is told that it tries, until it is known that nobody answers.
    let hush = service.hush();
    gallery.app = gallery.app.restart().await;
    gallery.app.resize(1280, 800).await;
    gallery.app.wait_status("Syncing…").await;
    gallery.app.click(".status").await;
    gallery.app.wait_for_text(".sync-state", "sending and receiving").await;
    gallery.show("sync-syncing").await;
    gallery.app.press("Escape").await;
    gallery.app.add(5, 9, "Climbing").await;
    gallery.app.wait_for_text(".status", "1 waiting").await;
    gallery.app.click(".status").await;
    gallery.app.wait_for_text(".sync-state", "sending and receiving").await;
    gallery.show("sync-sending").await;
    drop(hush);
    gallery.app.wait_status("Offline, 1 waiting").await;
    gallery.show("sync-offline").await;
    gallery.app.push("Sign out").await;
    gallery.app.wait_for_text(".question", "1 edit waits on this device.").await;
    gallery.show("sync-sign-out").await;
    gallery.app.push("Stay signed in").await;

    // One that is too old, or too new, in place of the one that said whose session it is.
    service.go_on();
    gallery.app.push("Sync now").await;
    gallery.app.wait_status("Synced").await;
    service.stop();
    gallery.app.wait_status("Offline").await;
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

    gallery.app.fill_in("Password", PASSWORD).await;
    gallery.app.press("Enter").await;
    gallery.app.wait_status("Synced").await;
    service.stop();
    gallery.app.press("Escape").await;
    gallery.app.add(6, 9, "Market").await;
    gallery.app.wait_status("Offline, 1 waiting").await;
    gallery.app.click(".status").await;
    gallery.app.push("Sign out").await;
    gallery.app.push("Sign out and keep them here").await;
    gallery.app.wait_status("Signed out, 1 waiting").await;
    gallery.show("sync-signed-out").await;
    gallery.done();
}

/// What sync did: versions that met, and what came.
pub(super) async fn changes(theme: &'static str) {
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
    // Each of them is seen only by who looks before the next one.
    gallery.app.wait_for_text(".told", "as usual, 09:00–10:00 → cancelled").await;
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

    // One of them is settled, and another one taken back.
    gallery.app.push("Keep this version of Linear algebra, second part").await;
    gallery.app.wait_toast("Conflict settled").await;
    gallery.app.click(".told button[aria-label^='Take back']").await;
    gallery.app.wait_for_text(".told", "It was taken back.").await;
    gallery.app.wait_for_text(".told", "Both are the same by now.").await;
    gallery.show("changes-taken-back").await;
    gallery.done();
}

/// Edits that the server did not take.
pub(super) async fn rejected(theme: &'static str) {
    let service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.sign_in(&service, &email).await;
    gallery.set_theme().await;
    gallery.app.press("Escape").await;
    gallery.app.add(1, 9, "Algebra").await;
    gallery.app.wait_status("Synced").await;

    service.fill();
    gallery.app.add(3, 18, "Choir").await;
    let algebra = format!("Algebra, 09:00–10:00, {}", short(plus(monday(), 1)));
    gallery.app.wait_slots(&[&algebra]).await;
    gallery.app.open_slot(&algebra).await;
    gallery.app.pick("Whole series").await;
    gallery.app.fill_in("Title", "Linear algebra, second part").await;
    gallery.app.fill_in("Place", "Old anatomy lecture theatre, second floor").await;
    gallery.app.press("Control+Enter").await;
    gallery.app.push("Changes 2").await;
    gallery.app.wait_for_text(".told", "Linear algebra, second part").await;
    gallery.show("changes-rejected").await;
    gallery.done();
}

/// What does not fit together, which needs no account.
pub(super) async fn misfits(theme: &'static str) {
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.press("s").await;
    gallery.app.wait_for_text(".told", "without effect").await;
    gallery.show("changes-misfits").await;
    gallery.done();
}
