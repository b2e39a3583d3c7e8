//! The application on real data folders, from text in to what a view shows.

#![allow(missing_docs, clippy::unwrap_used)]

mod term;
mod vectors;

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use weekwise_app::{App, DataFolder, Locale};
use weekwise_domain::{Date, DateRange};
use weekwise_protocol::ImportText;

/// An application on a folder of its own.
struct Desk {
    app: App,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { app: open(&folder).await, folder }
    }

    async fn import(&self, text: impl ToString) {
        self.app.import(ImportText { text: text.to_string() }).await.unwrap();
    }

    /// Ends the application and starts it again.
    async fn restart(self) -> Self {
        self.app.close().await;
        Self { app: open(&self.folder).await, folder: self.folder }
    }
}

async fn open(folder: &TempDir) -> App {
    App::open(DataFolder::at(folder.path().join("data")), Locale::default()).await.unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> DateRange {
    DateRange::new(date(from), date(to)).unwrap()
}

fn data(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(path);
    std::fs::read_to_string(path).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&data(path)).unwrap()
}
