//! All of it at once: two devices, two servers over one Postgres, a network that cuts, delays and repeats, and whatever is
//! running is killed at random. What a device acknowledged is on both in the end.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use super::{
    proxy::{Mood, Proxy},
    *,
};

/// How long things go wrong, and how many rounds at most.
const LASTS: Duration = Duration::from_secs(45);
const ROUNDS: u32 = 60;
/// How long it may take until everything is on both, once nothing goes wrong any more.
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// Xorshift: the same seed, the same run, as far as processes and networks can be told what to do.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_whatever_is_killed_or_cut() {
    let seed = std::env::var("WEEKWISE_STACK_SEED").ok().and_then(|it| it.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) | 1);
    println!("WEEKWISE_STACK_SEED={seed}");
    let mut random = Random(seed);

    let database = Database::new();
    let mut servers = [Server::start(&database), Server::start(&database)];
    let email = servers[0].sign_up("ada");
    let proxy = Proxy::to(&[servers[0].address(), servers[1].address()]);
    let devices = [signed_in(&proxy.url, &email), signed_in(&proxy.url, &email)];

    let mut moods = Random(seed.rotate_left(17) | 1);
    proxy.feel(move || match moods.below(10) {
        0 => Mood::CutRequest(moods.below(3000) as usize),
        1 | 2 => Mood::CutReply(moods.below(1500) as usize),
        3 => Mood::Delay(Duration::from_millis(moods.below(200))),
        4 | 5 => Mood::Twice,
        _ => Mood::Calm,
    });
    let (began, mut acknowledged) = (Instant::now(), BTreeSet::new());
    for round in 0..ROUNDS {
        if began.elapsed() > LASTS {
            break;
        }
        let device = &devices[random.below(2) as usize];
        let mut run = start_sync(device);
        // An edit beside it, which may meet it in the file.
        if add_slot(device, round) {
            acknowledged.insert(round);
        }
        std::thread::sleep(Duration::from_millis(random.below(150)));
        match random.below(5) {
            0 => {
                let server = &mut servers[random.below(2) as usize];
                server.kill();
                *server = Server::start(&database);
                proxy.lead_to(servers.iter().map(|it| it.address().to_owned()).collect());
            }
            1 | 2 => drop(run.kill()),
            _ => {}
        }
        run.wait().expect("it ends");
    }
    assert!(acknowledged.len() > 5, "there was something to lose: {acknowledged:?}");

    proxy.feel(|| Mood::Calm);
    let began = Instant::now();
    for device in [&devices[0], &devices[1], &devices[0]] {
        while device.run(["sync", "--once"]).code != Some(0) {
            assert!(began.elapsed() < SETTLES_WITHIN, "seed {seed}: {:?}", device.run(["sync", "--once"]));
        }
    }
    let expected: Vec<u32> = acknowledged.into_iter().collect();
    for device in &devices {
        assert_eq!(slots(device), expected, "seed {seed}");
        assert_eq!(device.done(["doctor"]).matches("integrity  ok").count(), 1);
    }
    assert_eq!(exported(&devices[0]), exported(&devices[1]), "seed {seed}");
}
