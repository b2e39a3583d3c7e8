//! How accounts look: signing in, what an account has, leaving it, and where its session is kept.

use super::bus::Bus;
use super::gallery::Gallery;
use super::sample;
use crate::cli::program::Program;
use crate::driver::{App, Launch};
use crate::sync::{server::PASSWORD, signed_in};
use crate::window::accounts::Service;

/// Signing in, what is on the device alone, the account with all its parts, and leaving it.
pub(super) async fn accounts(theme: &'static str) {
    let mut service = Service::start();
    let email = service.sign_up("ada.with.a.rather.long.address");
    let program = sample::term();
    let app = App::open_on(&program).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.click(".status").await;
    gallery.app.wait_for(".sign-in").await;
    gallery.show("account-sign-in").await;
    gallery.app.push("Create an account").await;
    gallery.app.wait_for("#account-name").await;
    gallery.show("account-create").await;
    gallery.app.fill_in("Server", "http://week.example").await;
    gallery.app.push("Create account").await;
    gallery.app.wait_for_text(".problem", "Write your password.").await;
    gallery.show("account-problems").await;
    gallery.app.push("Sign in").await;

    gallery.app.fill_in("Server", service.url()).await;
    gallery.app.fill_in("E-mail address", &email).await;
    gallery.app.fill_in("Password", PASSWORD).await;
    let hush = service.hush();
    gallery.app.press("Enter").await;
    gallery.app.wait_for_text(".sign-in .primary", "One moment…").await;
    gallery.show("account-wait").await;
    drop(hush);
    gallery.app.wait_for_text(".problem", "cannot be reached").await;
    gallery.show("account-unreachable").await;
    service.go_on();
    gallery.app.push("Sign in").await;
    gallery.app.click(".sign-in .primary").await;
    gallery.app.wait_status("Synced").await;
    gallery.app.wait_for_text(".question", "On this device alone there are").await;
    gallery.set_theme().await;
    gallery.show("account-bring-along").await;
    gallery.app.push("Keep it apart").await;
    gallery.app.wait_gone(".question").await;
    let _other = signed_in(service.url(), &email);
    gallery.app.click("details.folded summary").await;
    gallery.app.wait_for_text(".devices", "This device").await;
    gallery.show("account").await;
    gallery.app.click("details.folded summary").await;

    gallery.app.click("details.folded:nth-of-type(2) summary").await;
    gallery.app.fill_in("Present password", "not my password").await;
    gallery.app.fill_in("New password", "battery staple").await;
    gallery.app.push("Change password").await;
    gallery.app.wait_for_text(".problem", "The password is not right.").await;
    gallery.show("account-password").await;
    gallery.app.click("details.folded:nth-of-type(2) summary").await;

    gallery.app.click("details.folded:nth-of-type(3) summary").await;
    gallery.app.fill_in("Password", "not my password").await;
    gallery.app.push("Delete account for good").await;
    gallery.app.wait_for_text(".folded .refusal", "The password is not right.").await;
    gallery.show("account-delete").await;
    gallery.app.fill_in("Password", PASSWORD).await;
    gallery.app.push("Delete account for good").await;
    gallery.app.wait_status("Account deleted").await;
    gallery.show("account-gone").await;
    gallery.app.push("On this device alone Show").await;
    gallery.app.wait_for_text(".other-accounts", "Account deleted").await;
    gallery.show("account-others").await;
    gallery.done();
}

/// A session that the keyring does not give back, does not take, and none without a keyring.
pub(super) async fn keyring(theme: &'static str) {
    let service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let bus = Bus::start();
    let keyring = bus.keyring();
    let launch = Launch::new(&program.folder()).env("LC_ALL", "C.UTF-8");
    let app = launch.env("DBUS_SESSION_BUS_ADDRESS", &bus.address).start().await;
    app.resize(1280, 800).await;
    let mut gallery = Gallery::open(app, theme).await;
    gallery.app.sign_in(&service, &email).await;
    gallery.set_theme().await;
    gallery.app.wait_gone(".account .note").await;

    bus.lock();
    gallery.app = gallery.app.restart().await;
    gallery.app.resize(1280, 800).await;
    gallery.app.wait_status("Sign in again").await;
    gallery.app.click(".status").await;
    gallery.app.wait_for_text(".sync-state", "Your session is in the system's keyring, and that is locked.").await;
    gallery.show("keyring-locked-at-start").await;
    gallery.app.fill_in("Password", PASSWORD).await;
    gallery.app.press("Enter").await;
    gallery.app.wait_status("Synced").await;
    gallery.app.wait_for_text(".account .note", "The keyring is locked.").await;
    gallery.show("keyring-locked").await;

    // It is gone; and where the panel is closed, the notice leads there.
    drop(keyring);
    gallery.app.push("Keep it in the keyring").await;
    gallery.app.wait_for_text(".account .refusal", "This system has no keyring.").await;
    gallery.app.wait_for_text(".account .note > p", "This system has no keyring.").await;
    gallery.show("keyring-refusal").await;
    gallery.app.press("Escape").await;
    gallery.app.wait_for_text(".notices", "You stay signed in only until Weekwise is closed.").await;
    gallery.show("keyring-notice").await;
    gallery.app.push("Mend this…").await;
    gallery.app.push("Keep it in a file").await;
    gallery.app.wait_for_text(".account .note", "not encrypted, that only you can read.").await;
    gallery.show("session-in-file").await;
    gallery.done();
}
