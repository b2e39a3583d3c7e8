//! Sync of the application with the real server, and with servers that are none.

mod accounts;
mod changes;
mod converge;
mod devices;
mod impostor;
mod live;
#[allow(dead_code, reason = "benchmarks use the rest of it")]
mod memory;
mod owner;
#[path = "../../../../../tests/support/proxy.rs"]
#[allow(dead_code, reason = "tests of the program use the rest of it")]
mod proxy;
mod random;
mod refused;
mod restored;
#[path = "../../../../../tests/support/server.rs"]
#[allow(dead_code, reason = "tests of the program use the rest of it")]
pub(crate) mod server;
mod servers;
mod tls;

use serde_json::json;
use tempfile::TempDir;
use weekwise_app::{
    App, Credentials, DataFolder, Keep, Kept, Locale, Origin, Sessions, Sync, SyncState, shows_what_it_holds, sign_in,
};
use weekwise_domain::Request;
use weekwise_protocol::{Changes, DoEdit, ImportText, ListChanges, Undo, Undone};

use server::{Database, PASSWORD, Server};

/// A device of a person.
struct Device {
    folder: TempDir,
    kept: Kept,
    app: App,
    sessions: Sessions,
}

impl Device {
    /// A new one, on which a person signs in.
    async fn new(url: &str, email: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), url, email).await
    }

    async fn in_folder(folder: TempDir, url: &str, email: &str) -> Self {
        let sessions = Sessions::default();
        let signed_in = sign_in(&root(&folder), &sessions, credentials(&Origin::parse(url).unwrap(), email)).await;
        let kept = signed_in.unwrap().kept;
        let app = App::open(root(&folder), Locale::default()).await.unwrap();
        assert_eq!(app.account(), Some(&kept), "who signs in is shown");
        Self { folder, kept, app, sessions }
    }

    async fn edit(&self, edit: impl Into<Request>) {
        self.app.edit(DoEdit { request: edit.into() }).await.unwrap();
    }

    async fn import(&self, schedules: Vec<serde_json::Value>, exceptions: Vec<serde_json::Value>) {
        self.app.import(ImportText { text: crate::file(schedules, exceptions).to_string() }).await.unwrap();
    }

    /// Pushes and pulls what there is, and looks whether the week shows what the file holds.
    async fn sync(&self) -> SyncState {
        let mut sync = Sync::of(&self.app).await.unwrap();
        let state = sync.settle().await;
        assert!(shows_what_it_holds(&self.app).await.unwrap());
        state
    }

    async fn synced(&self) {
        let mut sync = Sync::of(&self.app).await.unwrap();
        let state = sync.settle().await;
        assert_eq!(state, SyncState::Synced, "{:?}", sync.report());
        assert!(shows_what_it_holds(&self.app).await.unwrap());
    }

    /// Everything that the week shows.
    async fn rows(&self) -> serde_json::Value {
        serde_json::from_str(&self.app.export().await.unwrap()).unwrap()
    }

    /// What sync has to tell.
    async fn changes(&self) -> Changes {
        self.app.changes(ListChanges {}).await.unwrap()
    }

    async fn undo(&self) -> Undone {
        self.app.undo(Undo { step: None }).await.unwrap()
    }

    fn root(&self) -> DataFolder {
        root(&self.folder)
    }

    /// Ends the application and starts it again.
    async fn restart(self) -> Self {
        self.app.close().await;
        let app = App::open(root(&self.folder), Locale::default()).await.unwrap();
        Self { app, ..self }
    }
}

fn root(folder: &TempDir) -> DataFolder {
    DataFolder::at(folder.path().join("data"))
}

fn credentials<'a>(server: &'a Origin, email: &'a str) -> Credentials<'a> {
    Credentials { server, email, password: PASSWORD, keep: Keep::File }
}

/// A schedule on Mondays, as a file has it.
fn slot(number: u128, start: &str, end: &str, title: &str) -> serde_json::Value {
    json!({
        "id": uuid::Uuid::from_u128(number), "day_of_week": 1, "start": start, "end": end,
        "valid_from": "2026-10-05", "valid_until": null, "every_n_weeks": 1, "title": title,
    })
}

/// The names of the files of a data folder that hold a text.
fn files_with(root: &DataFolder, text: &str) -> Vec<String> {
    let mut places = vec![root.path().to_owned()];
    let mut found = Vec::new();
    while let Some(place) = places.pop() {
        for entry in std::fs::read_dir(place).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                places.push(entry.path());
            } else if String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).contains(text) {
                found.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    found
}

/// The token that a device keeps in a file.
fn token_in_file(device: &Device) -> String {
    let folder = device.root().of_account(device.kept.folder);
    let stored = std::fs::read_to_string(folder.path().join("session")).unwrap();
    serde_json::from_str::<serde_json::Value>(&stored).unwrap()["secret"].as_str().unwrap().to_owned()
}
