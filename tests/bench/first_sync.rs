//! Going to the next week while a device pulls an account for the first time, against the same in the same window afterwards.

use weekwise_app::{Credentials, DataFolder, Keep, Origin, Sessions, sign_in};

use crate::driver::Window;
use crate::figures::{quantile, tell};
use crate::pages::{EMAIL, Pages};
use crate::sample::Sample;
use crate::turn::TURN;

/// Each into a data folder of its own.
const ROUNDS: usize = 4;
/// Turns of a round afterwards.
const TURNS: usize = 20;

pub(crate) async fn measure(sample: &Sample) {
    let pages = Pages::start().await;
    let (mut during, mut after) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let data = sample.path(&format!("account-{round}"));
        let server = Origin::parse(&pages.url).expect("a server on this machine");
        let credentials = Credentials { server: &server, email: EMAIL, password: "correct horse", keep: Keep::File };
        let signed_in = sign_in(&DataFolder::at(&data), &Sessions::default(), credentials).await;
        signed_in.expect("the server lets everyone in");

        // The slots are on the first page; the others wait until they are painted.
        pages.open(false);
        let window = Window::with_data(&data).await;
        window.answer(SHOWS, Vec::new()).await;
        pages.open(true);
        while !pages.is_over() {
            during.extend(window.series(TURN, Vec::new()).await);
        }
        window.answer(IS_SYNCED, Vec::new()).await;
        for _ in 0..TURNS {
            after.extend(window.series(TURN, Vec::new()).await);
        }
        window.close().await;
    }
    let (during, after) = (quantile(&during, 0.95), quantile(&after, 0.95));
    tell("Next week during a first sync of 50,000 rows, 95th percentile", during, "ms", "");
    tell("– against the same afterwards", during / after, "×", "≤ 1.5");
}

/// Waits until slots are in the page.
const SHOWS: &str = "const done = arguments[0];
    const look = () => document.querySelector('.canvas .slot') ? done(true) : setTimeout(look, 20);
    look();";

/// Waits until everything is on both sides.
const IS_SYNCED: &str = "const done = arguments[0];
    const invoke = window.__TAURI__.core.invoke;
    const look = async () =>
        (await invoke('sync_state', { request: {} })).state === 'synced' ? done(true) : setTimeout(look, 50);
    look();";
