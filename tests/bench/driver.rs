//! A window that is measured: as little between the measurement and the page as WebDriver allows.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::Driver;
use crate::sample::{Sample, weekwise};
use crate::start;

/// An open window with its processes.
pub(crate) struct Window {
    client: Client,
    /// When its process began, in milliseconds since the epoch.
    pub(crate) began: f64,
    // In this order: the processes end before their folder goes.
    driver: Driver,
    _home: TempDir,
}

impl Window {
    /// Weekwise with the sample's week.
    pub(crate) async fn weekwise(sample: &Sample) -> Self {
        Self::with_data(&sample.data()).await
    }

    /// Weekwise with what is in a data folder.
    pub(crate) async fn with_data(data: &Path) -> Self {
        let window = Self::open(weekwise(), &["--data-dir".as_ref(), data.as_os_str()]).await;
        window.wait_for_mark().await;
        window
    }

    /// The bare window, which answers its call with what is in `echo`.
    pub(crate) async fn bare(sample: &Sample, echo: &Path) -> Self {
        let files = sample.path("bare");
        let window = Self::open(&this(), &["--bare".as_ref(), files.as_os_str(), echo.as_os_str()]).await;
        window.wait_for_mark().await;
        window
    }

    async fn open(program: &Path, args: &[&OsStr]) -> Self {
        let home = tempfile::tempdir().expect("a folder for the window's other files");
        let stamp = home.path().join("began");
        let driver = Driver::start(home.path(), &[]).await;
        let mut all = vec![OsStr::new("--stamp"), stamp.as_os_str(), program.as_os_str()];
        all.extend(args);
        let all: Vec<_> = all.iter().map(|arg| arg.to_str().expect("the sample's paths are plain")).collect();
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": this(), "args": all } });
        let Value::Object(wanted) = wanted else { unreachable!("json! of braces is an object") };
        let connecting = ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&driver.address()).await;
        let client = connecting.unwrap_or_else(|error| panic!("the window did not open: {error:?}\n{}", driver.log()));
        Self { client, began: start::stamped(&stamp), driver, _home: home }
    }

    /// Waits until the first view is painted.
    async fn wait_for_mark(&self) {
        let js = "const done = arguments[0];
            const look = () => performance.getEntriesByName('week-painted').length ? done(true) : setTimeout(look, 5);
            look();";
        self.answer(js, Vec::new()).await;
    }

    /// Runs a script that ends by calling its last argument.
    pub(crate) async fn answer(&self, js: &str, args: Vec<Value>) -> Value {
        self.client.execute_async(js, args).await.unwrap_or_else(|error| panic!("the script failed: {error}\n{js}"))
    }

    /// A series of numbers from such a script.
    pub(crate) async fn series(&self, js: &str, args: Vec<Value>) -> Vec<f64> {
        let answer = self.answer(js, args).await;
        let numbers = answer.as_array().unwrap_or_else(|| panic!("no series but {answer}"));
        numbers.iter().map(|number| number.as_f64().expect("a number")).collect()
    }

    /// The window's own processes.
    pub(crate) fn processes(&self) -> Vec<u32> {
        // The first is the driver's.
        self.driver.family().split_off(1)
    }

    pub(crate) async fn close(self) {
        self.client.close().await.expect("the window closes");
    }
}

fn this() -> PathBuf {
    std::env::current_exe().expect("this program knows where it is")
}
