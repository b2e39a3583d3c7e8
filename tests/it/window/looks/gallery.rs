//! A window that is looked at in several sizes.

use std::collections::BTreeMap;
use std::path::Path;

use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use serde_json::json;

use crate::driver::App;

const SIZES: [(u32, u32); 3] = [(1280, 800), (1024, 700), (640, 800)];

/// A window in one theme, and what was found in it so far.
pub(super) struct Gallery {
    pub(super) app: App,
    theme: &'static str,
    objections: Vec<(String, String)>,
}

impl Gallery {
    /// Sets the theme as a person does.
    pub(super) async fn open(app: App, theme: &'static str) -> Self {
        app.push("Settings").await;
        app.pick(theme).await;
        app.wait_for(&format!("html[data-theme='{}']", theme.to_lowercase())).await;
        app.push("Close").await;
        Self { app, theme, objections: Vec::new() }
    }

    /// Sets the theme again: it is one of the week that is shown, and another week is shown now.
    pub(super) async fn set_theme(&self) {
        self.app.press(",").await;
        self.app.pick(self.theme).await;
        self.app.wait_for(&format!("html[data-theme='{}']", self.theme.to_lowercase())).await;
        self.app.click(".status").await;
    }

    /// For a window that has no settings, because it could not read them.
    pub(super) async fn without_settings(app: App, theme: &'static str) -> Self {
        let js = "document.documentElement.dataset.theme = arguments[0]";
        app.script(js, vec![json!(theme.to_lowercase())]).await;
        Self { app, theme, objections: Vec::new() }
    }

    /// Looks at what is shown, in all sizes.
    pub(super) async fn show(&mut self, name: &str) {
        self.dismiss_toast().await;
        self.show_at(name, &SIZES).await;
    }

    /// Looks at what is shown with the message at its foot, which stays while the pointer is on it.
    pub(super) async fn show_toast(&mut self, name: &str) {
        let element = self.app.find(".toast").await;
        let hold = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        self.app.client().perform_actions(hold).await.expect("the pointer moves");
        self.look(name, SIZES[0]).await;
        self.dismiss_toast().await;
    }

    /// Looks at what is shown, in some sizes.
    pub(super) async fn show_at(&mut self, name: &str, sizes: &[(u32, u32)]) {
        let aside =
            MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo { duration: None, x: 2.0, y: 2.0 });
        self.app.client().perform_actions(aside).await.expect("the pointer moves");
        for &size in sizes {
            self.look(name, size).await;
        }
        self.app.resize(SIZES[0].0, SIZES[0].1).await;
    }

    async fn look(&mut self, name: &str, (width, height): (u32, u32)) {
        self.app.resize(width, height).await;
        let name = format!("{name}-{width}-{}", self.theme.to_lowercase());
        self.objections.extend(self.app.axe().await.into_iter().map(|objection| (name.clone(), objection)));
        if std::env::var_os("WEEKWISE_SCREENSHOTS").is_some() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screenshots");
            self.app.screenshot(&folder.join(format!("{name}.png"))).await;
        }
    }

    async fn dismiss_toast(&self) {
        if !self.app.all(".toast").await.is_empty() {
            self.app.click(".toast .icon-button").await;
            self.app.wait_gone(".toast").await;
        }
    }

    /// Fails with all that was found, each told once with the picture in which it was seen first.
    pub(super) fn done(self) {
        let mut told = BTreeMap::new();
        for (name, objection) in &self.objections {
            told.entry(objection).or_insert(name);
        }
        let told: Vec<_> = told.iter().map(|(objection, name)| format!("{name}: {objection}")).collect();
        assert!(told.is_empty(), "axe-core objects:\n{}", told.join("\n"));
    }
}
