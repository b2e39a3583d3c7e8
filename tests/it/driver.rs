//! A real window under test: the built app, driven from outside through WebKitWebDriver
//! (<https://www.w3.org/TR/webdriver2/>) as a person would drive it.
//!
//! Everything waits for a condition with a deadline; what does not come true in time panics with
//! what was awaited, and leaves a picture of the window.

mod keys;
mod process;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{Actions, InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use process::Driver;

/// How long a condition may take to come true on a slow and busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a window may take to open; the first one loads WebKit from a cold disk.
const OPEN_DEADLINE: Duration = Duration::from_secs(60);

/// A window that does not answer at all by then never will.
const ANSWERS_WITHIN: Duration = Duration::from_secs(90);

/// Windows that are open at once; more of them only wait for each other.
static SEATS: Semaphore = Semaphore::const_new(2);

/// A running app with its own data folder. Dropping it ends all of its processes.
pub(crate) struct App {
    client: Client,
    launch: Launch,
    // In this order: the processes end before their folders go and the next window opens.
    _driver: Driver,
    home: TempDir,
    seat: SemaphorePermit<'static>,
}

/// How the app is started, so that it can be started again.
#[derive(Clone)]
pub(crate) struct Launch {
    data_dir: PathBuf,
    environment: Vec<(String, String)>,
}

impl Launch {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_path_buf(), environment: Vec::new() }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Opens the window and waits until the first week is painted.
    pub(crate) async fn start(self) -> App {
        let app = self.open().await;
        app.wait_for("[data-painted='week']").await;
        app
    }

    /// Opens two windows beside each other. Whoever opened one and then the other could wait for ever for its seat.
    pub(crate) async fn start_two(first: Self, second: Self) -> [App; 2] {
        let mut seats = SEATS.acquire_many(2).await.expect("the seats are never taken away");
        let seat = seats.split(1).expect("two were given");
        let home = || tempfile::tempdir().expect("a folder for the app's other files");
        let apps = [first.open_in(home(), seat).await, second.open_in(home(), seats).await];
        for app in &apps {
            app.wait_for("[data-painted='week']").await;
        }
        apps
    }

    /// Opens the window without waiting for what it shows.
    pub(crate) async fn open(self) -> App {
        let seat = SEATS.acquire().await.expect("the seats are never taken away");
        let home = tempfile::tempdir().expect("a folder for the app's other files");
        self.open_in(home, seat).await
    }

    async fn open_in(self, home: TempDir, seat: SemaphorePermit<'static>) -> App {
        let driver = Driver::start(home.path(), &self.environment).await;
        let wanted = json!({ "webkitgtk:browserOptions": {
            "binary": env!("CARGO_BIN_EXE_weekwise"),
            "args": ["--data-dir", self.data_dir],
        }});
        let Value::Object(wanted) = wanted else { unreachable!("json! of braces is an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connecting = builder.capabilities(wanted);
        let address = driver.address();
        // The driver itself would wait for ever for an app that ended at once.
        let client = tokio::time::timeout(OPEN_DEADLINE, connecting.connect(&address))
            .await
            .unwrap_or_else(|_| panic!("no window after {} s:\n{}", OPEN_DEADLINE.as_secs(), driver.log()))
            .unwrap_or_else(|error| panic!("the window did not open: {error:?}\n{}", driver.log()));
        App { client, launch: self, _driver: driver, home, seat }
    }
}

impl App {
    /// Ends the app as its window's close button would, and starts it again on the same data.
    pub(crate) async fn restart(self) -> Self {
        let Self { client, launch, _driver, home, seat } = self;
        // Once it is closing, the app belongs to no driver any more.
        let family = _driver.family();
        client.close().await.expect("the app closes");
        drop(_driver);
        process::wait_until_gone(&family);
        let app = launch.open_in(home, seat).await;
        app.wait_for("[data-painted='week']").await;
        app
    }

    /// The first element that matches, once there is one.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self.until(|| async { self.client.find(Locator::Css(css)).await.ok() }).await;
        self.or_fail(found, &format!("no {css}")).await
    }

    /// Every element that matches now.
    pub(crate) async fn all(&self, css: &str) -> Vec<Element> {
        // An element that goes while they are counted makes the driver give up.
        let found = self.until(|| async { self.client.find_all(Locator::Css(css)).await.ok() }).await;
        self.or_fail(found, &format!("could not look for {css}")).await
    }

    /// The first visible element with this ARIA role and accessible name, once there is one.
    pub(crate) async fn named(&self, role: &str, name: &str) -> Element {
        const MARK: &str = "data-driver-found";
        let look = || async {
            let found = self.script(include_str!("driver/named.js"), vec![json!(role), json!(name), json!(MARK)]).await;
            let css = format!("[{MARK}='{}']", found.as_str()?);
            self.client.find(Locator::Css(&css)).await.ok()
        };
        let found = self.until(look).await;
        self.or_fail(found, &format!("no {role} named “{name}”")).await
    }

    /// Waits until an element matches.
    pub(crate) async fn wait_for(&self, css: &str) {
        self.find(css).await;
    }

    /// Waits until no element matches.
    pub(crate) async fn wait_gone(&self, css: &str) {
        let gone = self.until(|| async { self.all(css).await.is_empty().then_some(()) }).await;
        self.or_fail(gone, &format!("{css} is still there")).await;
    }

    /// Waits until the visible text of an element that matches contains this.
    pub(crate) async fn wait_for_text(&self, css: &str, text: &str) {
        let look = || async { self.texts(css).await.iter().any(|shown| shown.contains(text)).then_some(()) };
        let shown = self.until(look).await;
        let message = match shown {
            Some(()) => return,
            None => format!("no {css} says “{text}” but {:?}", self.texts(css).await),
        };
        self.or_fail(shown, &message).await;
    }

    /// Waits until a script returns true; `told` says what is awaited.
    pub(crate) async fn wait_until(&self, told: &str, js: &str, args: Vec<Value>) {
        let look = || async { (self.script(js, args.clone()).await == json!(true)).then_some(()) };
        let held = self.until(look).await;
        self.or_fail(held, &format!("not in time: {told}")).await;
    }

    /// The visible texts of what matches now.
    pub(crate) async fn texts(&self, css: &str) -> Vec<String> {
        let js = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText ?? e.textContent)";
        let texts = self.script(js, vec![json!(css)]).await;
        texts.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    /// Clicks what matches, once it can be clicked.
    pub(crate) async fn click(&self, css: &str) {
        let clicked =
            self.until(|| async { self.click_it(self.client.find(Locator::Css(css)).await.ok()?).await }).await;
        self.or_fail(clicked, &format!("could not click {css}")).await;
    }

    /// Clicks what has this role and accessible name.
    pub(crate) async fn click_named(&self, role: &str, name: &str) {
        let clicked = self.until(|| async { self.click_it(self.named(role, name).await).await }).await;
        self.or_fail(clicked, &format!("could not click the {role} “{name}”")).await;
    }

    /// Clicks an element, if it can be clicked now.
    async fn click_it(&self, element: Element) -> Option<()> {
        // The driver scrolls to it too, but not within a part of the page.
        let args = vec![serde_json::to_value(&element).expect("an element has a reference")];
        let js = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })";
        self.client.execute(js, args).await.ok()?;
        element.click().await.ok()
    }

    /// Clicks twice, quickly.
    pub(crate) async fn double_click(&self, css: &str) {
        let clicks = twice(self.find(css).await);
        self.client.perform_actions(clicks).await.expect("the pointer moves");
    }

    /// Presses a key and clicks twice, with nothing between them.
    pub(crate) async fn press_and_double_click(&self, key: &str, css: &str) {
        let clicks = twice(self.find(css).await);
        let all = Actions::from(keys::chord(key)).and(clicks);
        self.client.perform_actions(all).await.expect("the pointer moves");
    }

    /// Presses one key or a chord: `Tab`, `Control+z`, `Control+Shift+ArrowLeft`.
    pub(crate) async fn press(&self, chord: &str) {
        in_time(chord, self.client.perform_actions(keys::chord(chord))).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_text(&self, text: &str) {
        in_time(text, self.client.perform_actions(keys::text(text))).await;
    }

    /// Makes the window's content about this large, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        in_time("a size", self.client.set_window_size(width, height)).await;
        // The page learns of it a frame later.
        let js = "return Math.abs(innerWidth - arguments[0]) <= 8";
        self.wait_until(&format!("{width} px wide"), js, vec![json!(width)]).await;
        self.painted().await;
    }

    /// Runs a script in the page and returns what it returns.
    pub(crate) async fn script(&self, js: &str, args: Vec<Value>) -> Value {
        in_time(js, self.client.execute(js, args)).await
    }

    /// Saves a picture of the window as PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        self.painted().await;
        let picture = in_time("a picture", self.client.screenshot()).await;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("the picture's folder can be made");
        }
        std::fs::write(path, picture).expect("the picture can be saved");
    }

    /// Waits until what has changed by now is painted, which it is by the second frame from now.
    async fn painted(&self) {
        let js = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
        in_time("two frames", self.client.execute_async(js, Vec::new())).await;
    }

    /// What axe-core objects to in the page as it is, one line each; empty is good.
    pub(crate) async fn axe(&self) -> Vec<String> {
        let rules = std::env::var("WEEKWISE_AXE").expect("`cargo xtask test` tells where axe-core is: WEEKWISE_AXE");
        let rules = std::fs::read_to_string(rules).expect("axe-core can be read");
        // As the script itself: the page's own rules forbid it to evaluate text.
        self.script(&rules, Vec::new()).await;
        let violations = self
            .client
            .execute_async(include_str!("driver/axe.js"), Vec::new())
            .await
            .expect("axe-core runs to its end");
        violations.as_array().into_iter().flatten().filter_map(|line| line.as_str().map(str::to_owned)).collect()
    }

    /// What else WebDriver can do.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Asks until there is an answer or the deadline has passed.
    pub(crate) async fn until<T, F: Future<Output = Option<T>>>(&self, ask: impl FnMut() -> F) -> Option<T> {
        self.until_within(DEADLINE, ask).await
    }

    /// The same for what takes its time.
    pub(crate) async fn until_within<T, F: Future<Output = Option<T>>>(
        &self,
        deadline: Duration,
        mut ask: impl FnMut() -> F,
    ) -> Option<T> {
        let started = Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return Some(answer);
            }
            if started.elapsed() > deadline {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn or_fail<T>(&self, found: Option<T>, message: &str) -> T {
        match found {
            Some(found) => found,
            None => self.fail(message).await,
        }
    }

    /// Fails with a picture of the window.
    pub(crate) async fn fail(&self, message: &str) -> ! {
        let test = std::thread::current().name().unwrap_or("window").replace("::", "-");
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.png"));
        self.screenshot(&picture).await;
        panic!("{message} after {} s; see {}", DEADLINE.as_secs(), picture.display());
    }
}

/// Two clicks on an element.
fn twice(element: Element) -> MouseActions {
    MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
}

/// What the window answers. One that stands still fails its own test, and does not hold up the others.
async fn in_time<T, E: std::fmt::Display>(asked: &str, answer: impl Future<Output = Result<T, E>>) -> T {
    match tokio::time::timeout(ANSWERS_WITHIN, answer).await {
        Ok(answer) => answer.unwrap_or_else(|error| panic!("the window failed: {error}\n{asked}")),
        Err(_) => panic!("the window does not answer any more: {asked}"),
    }
}
