//! Sync of the application with the real server, and with servers that are none.

mod accounts;
mod changes;
mod converge;
mod impostor;
mod refused;
#[path = "../../../../../tests/support/server.rs"]
#[allow(dead_code, reason = "tests of the program use the rest of it")]
pub(crate) mod server;

use serde_json::json;
use tempfile::TempDir;
use weekwise_app::{App, Credentials, DataFolder, Kept, Locale, Origin, Sync, SyncState, shows_what_it_holds, sign_in};
use weekwise_domain::Request;
use weekwise_protocol::{Changes, DoEdit, ImportText, ListChanges, Undo, Undone};

use server::{Database, PASSWORD, Server};

/// A device of a person.
struct Device {
    folder: TempDir,
    kept: Kept,
    app: App,
}

impl Device {
    /// A new one, on which a person signs in.
    async fn new(url: &str, email: &str) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), url, email).await
    }

    async fn in_folder(folder: TempDir, url: &str, email: &str) -> Self {
        let kept = sign_in(&root(&folder), credentials(&Origin::parse(url).unwrap(), email)).await.unwrap();
        let app = App::open(root(&folder), Locale::default()).await.unwrap();
        assert_eq!(app.account(), Some(&kept), "who signs in is shown");
        Self { folder, kept, app }
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
    Credentials { server, email, password: PASSWORD, in_file: true }
}

/// A schedule on Mondays, as a file has it.
fn slot(number: u128, start: &str, end: &str, title: &str) -> serde_json::Value {
    json!({
        "id": uuid::Uuid::from_u128(number), "day_of_week": 1, "start": start, "end": end,
        "valid_from": "2026-10-05", "valid_until": null, "every_n_weeks": 1, "title": title,
    })
}
