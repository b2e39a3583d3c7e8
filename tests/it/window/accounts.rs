//! Accounts in the window, over a real server: signing in, two devices with one week, and whatever is in the way.

mod by_keys;
mod day;
mod service;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::dates::{monday, plus, short};
use super::rows::{folder, slot};
use crate::cli::program::Program;
use crate::driver::{App, Launch};
use crate::sync::server::PASSWORD;
pub(super) use service::Service;

/// An edit in one window is seen in the other within this time.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

impl App {
    /// Signs in through the panel that the status leads to.
    pub(super) async fn sign_in(&self, service: &Service, email: &str) {
        self.click(".status").await;
        self.fill_in("Server", service.url()).await;
        self.fill_in("E-mail address", email).await;
        self.fill_in("Password", PASSWORD).await;
        self.press("Enter").await;
        self.wait_toast(&format!("Signed in as {email}")).await;
        self.wait_status("Synced").await;
    }

    /// Signs in again to the account that is shown, whose session has ended.
    pub(super) async fn sign_in_again(&self) {
        self.click(".status").await;
        self.fill_in("Password", PASSWORD).await;
        self.press("Enter").await;
    }

    /// Waits until the status says this.
    pub(super) async fn wait_status(&self, text: &str) {
        self.wait_for_text(".status", text).await;
    }

    /// Makes a slot on a date of the week in view.
    pub(super) async fn add(&self, day: i32, hour: u8, title: &str) {
        self.begin_at(plus(monday(), day), hour).await;
        self.type_text(title).await;
        self.press("Control+Enter").await;
        self.wait_toast(&format!("{title} added")).await;
    }
}

/// Two windows on two data folders, both signed in with one account.
pub(super) async fn two(service: &Service, email: &str) -> ([Program; 2], [App; 2]) {
    let programs = [Program::new(), Program::new()];
    let [first, second] = [&programs[0], &programs[1]].map(|it| Launch::new(&it.folder()).env("LC_ALL", "C.UTF-8"));
    let apps = Launch::start_two(first, second).await;
    for app in &apps {
        app.resize(1280, 800).await;
        app.sign_in(service, email).await;
        app.press("Escape").await;
    }
    (programs, apps)
}

#[tokio::test]
async fn two_windows_with_one_account_show_one_week() {
    let service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [one, other]) = two(&service, &email).await;
    let tuesday = plus(monday(), 1);

    one.add(1, 9, "Algebra").await;
    let made = Instant::now();
    let shown = format!("Algebra, 09:00–10:00, {}", short(tuesday));
    other.wait_slots(&[&shown]).await;
    assert!(made.elapsed() < SEEN_WITHIN, "seen only after {:?}", made.elapsed());

    // Cancelled there, it is cancelled here; and undone there, it is back here.
    other.open_slot(&shown).await;
    other.push(&format!("Cancel {} 1 date", short(tuesday))).await;
    let cancelled = format!("Algebra, cancelled, 09:00–10:00, {}", short(tuesday));
    one.wait_slots(&[&cancelled]).await;
    other.press("Control+z").await;
    one.wait_slots(&[&shown]).await;
}

#[tokio::test]
async fn a_day_without_the_server_ends_by_itself() {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [one, other]) = two(&service, &email).await;
    service.stop();
    one.add(0, 9, "Algebra").await;
    one.wait_status("Offline, 1 waiting").await;
    one.add(2, 11, "Choir").await;
    other.add(4, 14, "Climbing").await;
    one.wait_status("Offline, 2 waiting").await;

    service.go_on();
    let expected = [
        format!("Algebra, 09:00–10:00, {}", short(monday())),
        format!("Choir, 11:00–12:00, {}", short(plus(monday(), 2))),
        format!("Climbing, 14:00–15:00, {}", short(plus(monday(), 4))),
    ];
    for app in [&one, &other] {
        app.wait_slots(&expected).await;
        app.wait_status("Synced").await;
    }
}

#[tokio::test]
async fn a_session_that_has_ended_takes_one_sign_in() {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.sign_in(&service, &email).await;
    // The stream of events ends with the session, so it is noticed at once.
    service.end_all_sessions();
    app.wait_status("Sign in again").await;
    app.press("Escape").await;
    app.add(5, 9, "Algebra").await;
    app.wait_status("Sign in again, 1 waiting").await;

    app.click(".status").await;
    app.wait_for_text(".account", "Your session has ended.").await;
    app.fill_in("Password", "not my password").await;
    app.press("Enter").await;
    app.wait_for_text(".problem", "The e-mail address or the password is not right.").await;
    // There is no field for the server here, and yet it is said that it is not there.
    service.stop();
    app.fill_in("Password", PASSWORD).await;
    app.press("Enter").await;
    app.wait_for_text(".account .refusal", "cannot be reached").await;
    service.go_on();
    app.press("Enter").await;
    app.wait_status("Synced").await;
    app.wait_slots(&[format!("Algebra, 09:00–10:00, {}", short(plus(monday(), 5)))]).await;
}

#[tokio::test]
async fn an_account_is_made_kept_and_left() {
    let service = Service::start();
    let program = folder(&[slot(1, (2, "09:00", "10:30"), "Algebra", "", "blue")], &[]);
    let app = App::open_on(&program).await;
    let shown = format!("Algebra, 09:00–10:30, {}", short(plus(monday(), 1)));
    app.wait_slots(&[&shown]).await;

    // By keys alone.
    app.press("a").await;
    app.wait_for(".sign-in").await;
    app.push("Create an account").await;
    app.push("Create account").await;
    app.wait_for_text(".problem", "Write your e-mail address.").await;
    app.fill_in("Server", service.url()).await;
    app.fill_in("Name", "Ada").await;
    app.fill_in("E-mail address", "ada@week.example").await;
    app.fill_in("Password", "short").await;
    app.press("Enter").await;
    app.wait_for_text(".problem", "A password has at least 8 characters.").await;
    app.fill_in("Password", PASSWORD).await;
    app.press("Enter").await;
    app.wait_status("Synced").await;
    app.wait_slots::<&str>(&[]).await;

    // What was on the device alone is asked about, and comes along.
    app.wait_for_text(".question", "On this device alone there are 1 slot and 0 changed dates").await;
    app.push("Bring it along").await;
    app.wait_toast("Brought along: 1 slot, 0 changed dates").await;
    app.wait_slots(&[&shown]).await;
    app.wait_status("Synced").await;

    // After a restart the session is there, from the keyring.
    let app = app.restart().await;
    app.wait_status("Synced").await;
    app.wait_slots(&[&shown]).await;

    // Another password; and this device is in the list.
    app.press("a").await;
    app.click("details.folded summary").await;
    app.wait_for_text(".devices", "This device").await;

    app.push("Sign out").await;
    app.wait_toast("Signed out").await;
    app.wait_status("Signed out").await;
    app.wait_slots(&[&shown]).await;
    app.push("On this device alone Show").await;
    app.wait_status("Saved on this device").await;
}

#[tokio::test]
async fn no_token_is_where_scripts_logs_or_files_can_be_read() {
    let service = Service::start();
    let email = service.sign_up("ada");
    let program = Program::new();
    let app = App::open_on(&program).await;
    app.sign_in(&service, &email).await;
    app.press("Escape").await;
    app.add(5, 9, "Algebra").await;
    app.wait_status("Synced").await;
    let tokens = service.tokens();
    assert_eq!(tokens.len(), 1, "one session was shown to the server");
    for token in tokens {
        for file in files_below(&program.folder()) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            let is_in = bytes.windows(token.len()).any(|part| part == token.as_bytes());
            assert!(!is_in, "{} holds the session", file.display());
        }
        let found = app.script(include_str!("accounts/visible.js"), vec![json!(token)]).await;
        assert_eq!(found, Value::Array(Vec::new()), "scripts see the session");
    }
    // What is looked for would be found: the title is in the page and in the data.
    let found = app.script(include_str!("accounts/visible.js"), vec![json!("Algebra")]).await;
    assert_ne!(found, Value::Array(Vec::new()), "the search finds what there is");
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files_below(&path)),
            path => found.push(path),
        }
    }
    found
}

#[tokio::test]
async fn a_slot_edited_on_both_devices_is_a_conflict_until_one_of_them_settles_it() {
    let mut service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [one, other]) = two(&service, &email).await;
    let tuesday = plus(monday(), 1);
    let shown = |title: &str| vec![format!("{title}, 09:00–10:00, {}", short(tuesday))];
    one.add(1, 9, "Algebra").await;
    other.wait_slots(&shown("Algebra")).await;

    service.stop();
    for (app, title) in [(&one, "Algebra I"), (&other, "Algebra II")] {
        app.open_slot(&shown("Algebra")[0]).await;
        app.pick("Whole series").await;
        app.fill_in("Title", title).await;
        app.press("Control+Enter").await;
        app.wait_toast(&format!("{title} changed")).await;
        app.wait_status("Offline, 1 waiting").await;
    }
    service.go_on();
    // The later one holds, on both. Beside the conflict, an edit of the other device came to each.
    for app in [&one, &other] {
        app.wait_status("Synced").await;
        app.wait_slots(&shown("Algebra II")).await;
        app.push("Changes 2").await;
        app.wait_for_text(".sides", "Algebra I").await;
    }

    one.push("Use the other version of Algebra II").await;
    for app in [&one, &other] {
        app.wait_slots(&shown("Algebra I")).await;
        app.wait_gone(".sides").await;
    }
    // One undo brings back both: what held, and that somebody has to choose.
    one.press("Control+z").await;
    for app in [&one, &other] {
        app.wait_slots(&shown("Algebra II")).await;
        app.wait_for(".sides").await;
    }
    other.push("Keep this version of Algebra II").await;
    for app in [&one, &other] {
        app.wait_gone(".sides").await;
        app.wait_slots(&shown("Algebra II")).await;
    }
}

#[tokio::test]
async fn what_came_is_told_and_can_be_taken_back() {
    let service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [one, other]) = two(&service, &email).await;
    let tuesday = plus(monday(), 1);
    let shown = format!("Algebra, 09:00–10:00, {}", short(tuesday));
    one.add(1, 9, "Algebra").await;
    other.wait_slots(&[&shown]).await;
    one.open_slot(&shown).await;
    one.push(&format!("Cancel {} 1 date", short(tuesday))).await;
    other.wait_slots(&[format!("Algebra, cancelled, 09:00–10:00, {}", short(tuesday))]).await;

    other.press("s").await;
    other.wait_for_text(".told", "as usual, 09:00–10:00 → cancelled").await;
    other.click(".told li .acts button").await;
    for app in [&one, &other] {
        app.wait_slots(&[&shown]).await;
    }
    other.wait_for_text(".told", "It was taken back.").await;
}

#[tokio::test]
async fn an_account_that_is_deleted_elsewhere_is_gone_from_then_on() {
    let service = Service::start();
    let email = service.sign_up("ada");
    let (_programs, [one, other]) = two(&service, &email).await;
    let shown = [format!("Algebra, 09:00–10:00, {}", short(plus(monday(), 1)))];
    one.add(1, 9, "Algebra").await;
    other.wait_slots(&shown).await;

    one.press("Escape").await;
    one.click(".status").await;
    one.click("details.folded:nth-of-type(3) summary").await;
    one.fill_in("Password", PASSWORD).await;
    one.push("Delete account for good").await;
    for app in [&one, &other] {
        app.wait_status("Account deleted").await;
        app.wait_slots(&shown).await;
    }
    // Nobody is asked for a password that opens nothing, neither then nor after a restart, and the list says why.
    let other = other.restart().await;
    other.wait_status("Account deleted").await;
    other.wait_slots(&shown).await;
    other.click(".status").await;
    other.wait_for_text(".account", "This account was deleted.").await;
    other.wait_gone(".sign-in").await;
    other.push("On this device alone Show").await;
    other.wait_status("Saved on this device").await;
    other.wait_for_text(".other-accounts", "Account deleted").await;
}
