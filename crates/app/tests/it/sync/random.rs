//! Whatever a person does on two devices, whatever the network and the server do, and wherever a run of sync breaks off: a device shows at
//! each moment what the server's rows and what is pending come to, and in the end both show what the server has.
//!
//! The rules of merging are proven elsewhere, by the simulator of `weekwise-sync`. Here it is the real application on real files: what a
//! step loads of them, what it stores, and what is in one transaction.

use std::{collections::BTreeMap, time::Duration};

use weekwise_domain::{Rows, Settings};
use weekwise_protocol::Undo;

use super::{memory::Memory, *};
use crate::{edit, random::Random};

/// `WEEKWISE_FILES_SEED` plays another one.
const SEEDS: std::ops::Range<u64> = 0..8;
const STEPS: usize = 50;

#[tokio::test]
async fn a_device_shows_what_it_holds_whatever_happens() {
    let seed = std::env::var("WEEKWISE_FILES_SEED").ok().map(|it| it.parse().expect("a number"));
    let seeds = seed.map_or(SEEDS, |seed| seed..seed + 1);
    for seed in seeds {
        play(seed).await;
    }
}

async fn play(seed: u64) {
    let server = Memory::start(seed).await;
    let mut random = Random::new(seed.rotate_left(32));
    let mut devices = Vec::new();
    for _ in 0..2 {
        devices.push(Device::new(&server.url, "ada@week.example").await);
    }
    let mut token = 0;
    for step in 0..STEPS {
        let at = random.below(2);
        let device = devices.swap_remove(at);
        let device = match random.below(20) {
            0..9 => {
                edits(&device, &mut random, &mut token).await;
                device
            }
            9..17 => {
                server.is_calm(random.one_in(3));
                sync_until_it_breaks_off(&device, &server, (&mut random, &mut token)).await;
                device
            }
            17..19 => device.restart().await,
            _ => {
                server.back_up_or_restore();
                device
            }
        };
        assert!(shows_what_it_holds(&device.app).await.unwrap(), "seed {seed}, step {step}");
        devices.push(device);
    }
    server.is_calm(true);
    for at in [0, 1, 0, 1] {
        synced(&devices[at], seed).await;
    }
    let expected = server.week();
    for device in &devices {
        assert_eq!(week(device).await, expected, "seed {seed}");
    }
}

/// A person edits, or takes back what was done.
async fn edits(device: &Device, random: &mut Random, token: &mut u64) {
    *token += 1;
    if random.one_in(8) {
        // There may be nothing to take back.
        let _ = device.app.undo(Undo { step: None }).await;
    } else if let Some(request) = edit::request(&week(device).await, random, *token) {
        // The week model may refuse it.
        let _ = device.app.edit(DoEdit { request }).await;
    }
}

/// Syncs, with edits beside it, until there is nothing left to do, or it ends in the middle of something.
async fn sync_until_it_breaks_off(device: &Device, server: &Memory, (random, token): (&mut Random, &mut u64)) {
    let mut sync = Sync::of(&device.app).await.unwrap();
    // Anywhere: between two effects, or within one.
    let ends = Duration::from_millis(if random.one_in(2) { 10_000 } else { random.below(40) as u64 });
    let edits_beside = random.below(3);
    let editing = async {
        for _ in 0..edits_beside {
            edits(device, random, token).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = sync.settle() => {}
        () = editing => {}
        () = server.crash.notified() => {}
        () = tokio::time::sleep(ends) => {}
    }
}

/// Each run begins without waits.
async fn synced(device: &Device, seed: u64) {
    for _ in 0..20 {
        let mut sync = Sync::of(&device.app).await.unwrap();
        let state = sync.settle().await;
        assert!(shows_what_it_holds(&device.app).await.unwrap(), "seed {seed}");
        if state == SyncState::Synced {
            return;
        }
    }
    panic!("seed {seed}: the outbox does not drain");
}

/// The week that a device shows, as far as the server knows of it.
async fn week(device: &Device) -> Rows {
    let document = weekwise_interchange::read(&device.app.export().await.unwrap()).unwrap();
    let mut settings = Settings::default();
    document.settings.into_iter().for_each(|it| settings.set(it));
    Rows {
        schedules: document.schedules.into_iter().map(|row| (row.id, row)).collect::<BTreeMap<_, _>>(),
        exceptions: document.exceptions.into_iter().collect(),
        settings,
        ..Rows::default()
    }
}
