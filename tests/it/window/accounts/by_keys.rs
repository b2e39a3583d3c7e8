//! An account's whole life by keys alone: no click, no focus set by script.

use serde_json::{Value, json};

use super::Service;
use crate::cli::program::Program;
use crate::driver::App;
use crate::sync::server::PASSWORD;
use crate::sync::sign_in;
use crate::window::dates::{short, today};
use crate::window::rows::exported;

const NEW_PASSWORD: &str = "battery staple";

impl App {
    /// Waits until the panel has the keyboard, or has it again after what was pressed in it is gone.
    async fn wait_in_panel(&self) {
        self.wait_at_id("panel").await;
    }
}

/// Changes the time of today's date on a device, as a file that is read in does.
fn change_today(device: &Program, start: &str, end: &str) {
    let mut file = exported(device);
    let row = json!({
        "series_id": file["schedules"][0]["id"], "date": today().to_string(), "kind": "override", "start": start, "end": end,
    });
    file["exceptions"].as_array_mut().expect("a list").push(row);
    assert_eq!(device.import(&device.file("changed.json", file.to_string())).code, Some(0));
}

/// When today's date takes place on a device.
fn times_today(device: &Program) -> [Value; 2] {
    let week = device.week_json(&today().to_string(), &today().to_string());
    ["start", "end"].map(|key| week[0][key].clone())
}

#[tokio::test]
async fn an_account_lives_by_keys_alone() {
    let mut service = Service::start();
    let program = Program::new();
    let app = App::open_on(&program).await;
    let email = "ada@week.example";

    // An account is made.
    app.press("a").await;
    app.wait_in_panel().await;
    app.tab_and_press("Create an account").await;
    app.tab_to("Server").await;
    app.retype(service.url()).await;
    for (field, text) in [("Name", "Ada"), ("E-mail address", email), ("Password", PASSWORD)] {
        app.tab_to(field).await;
        app.type_text(text).await;
    }
    app.press("Enter").await;
    app.wait_toast(&format!("Signed in as {email}")).await;
    app.wait_status("Synced").await;
    app.wait_in_panel().await;

    // Out and in again.
    app.tab_and_press("Sign out").await;
    app.wait_toast("Signed out").await;
    app.wait_status("Signed out").await;
    app.wait_in_panel().await;
    app.tab_to("Password").await;
    app.type_text(PASSWORD).await;
    app.press("Enter").await;
    app.wait_status("Synced").await;
    app.wait_in_panel().await;

    // Where one is signed in, and another password.
    app.tab_and_press("Where you are signed in").await;
    app.wait_for_text(".devices", "This device").await;
    app.tab_and_press("Change the password").await;
    app.tab_to("Present password").await;
    app.type_text(PASSWORD).await;
    app.tab_to("New password").await;
    app.type_text(NEW_PASSWORD).await;
    app.press("Enter").await;
    app.wait_toast("Password changed").await;
    app.close_panel().await;

    // A slot, which another device has as well.
    app.press("c").await;
    app.wait_at("Title").await;
    app.type_text("Choir").await;
    app.press("Tab").await;
    app.wait_at("Starts").await;
    app.retype("18:00").await;
    app.press("Tab").await;
    app.wait_at("Ends").await;
    app.retype("19:30").await;
    app.press("Control+Enter").await;
    app.wait_toast("Choir added").await;
    app.wait_slots(&[format!("Choir, 18:00–19:30, {}", short(today()))]).await;
    app.wait_status("Synced").await;
    let other = Program::new();
    assert_eq!(sign_in(&other, service.url(), email, NEW_PASSWORD).code, Some(0), "the new password is the password");
    other.done(["sync", "--once"]);

    // Both change today, without knowing of each other; the later one holds.
    service.stop();
    app.tab_to("Starts").await;
    app.retype("20:00").await;
    app.press("Tab").await;
    app.wait_at("Ends").await;
    app.retype("21:30").await;
    app.press("Control+Enter").await;
    app.wait_toast(&format!("Choir changed on {}", short(today()))).await;
    app.wait_status("Offline, 1 waiting").await;
    change_today(&other, "17:00", "18:00");
    service.go_on();
    other.done(["sync", "--once"]);
    let changed = |times: &str| [format!("Choir, changed, {times}, was 18:00–19:30, {}", short(today()))];
    app.wait_slots(&changed("17:00–18:00")).await;
    app.wait_status("Synced").await;

    // What did not hold is used after all.
    app.close_panel().await;
    app.press("s").await;
    app.wait_for_text(".sides", "20:00–21:30").await;
    app.wait_in_panel().await;
    app.tab_and_press("Use the other version of Choir").await;
    app.wait_slots(&changed("20:00–21:30")).await;
    app.wait_gone(".sides").await;
    app.wait_in_panel().await;
    app.wait_status("Synced").await;
    other.done(["sync", "--once"]);
    assert_eq!(times_today(&other), ["20:00", "21:30"]);

    // Out, with an edit that waits.
    service.stop();
    app.close_panel().await;
    app.press("c").await;
    app.wait_at("Title").await;
    app.type_text("Chess").await;
    app.press("Control+Enter").await;
    app.wait_toast("Chess added").await;
    app.wait_status("Offline, 1 waiting").await;
    let slots = app.slots().await;
    app.close_panel().await;
    app.press("a").await;
    app.wait_in_panel().await;
    app.tab_and_press("Sign out").await;
    app.wait_for_text(".question", "1 edit waits on this device.").await;
    app.wait_in_panel().await;
    app.tab_and_press("Sign out and keep them here").await;
    app.wait_status("Signed out, 1 waiting").await;
    app.wait_slots(&slots).await;
    app.wait_in_panel().await;

    // It goes where it belongs with the next sign-in.
    service.go_on();
    app.tab_to("Password").await;
    app.type_text(NEW_PASSWORD).await;
    app.press("Enter").await;
    app.wait_status("Synced").await;
    other.done(["sync", "--once"]);
    assert_eq!(exported(&other)["schedules"], exported(&program)["schedules"]);
}
