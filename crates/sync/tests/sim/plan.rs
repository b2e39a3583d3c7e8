//! What is to happen, drawn from a seed.

use crate::random::Random;

/// A run: how the world is set up, and what happens in it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub setup: Setup,
    pub happenings: Vec<Happening>,
}

/// The world of a run.
#[derive(Debug, Clone)]
pub struct Setup {
    /// How many devices there are, 2 to 5. The last one may belong to the other account.
    pub devices: usize,
    /// How many server processes there are, 1 to 3.
    pub processes: usize,
    /// Whether the last device begins with the other account.
    pub second_account: bool,
    /// Rows in a page.
    pub page: usize,
    /// Operations that the server takes at once.
    pub max_ops: usize,
    /// Rows that an account may have.
    pub rows: i64,
    /// The server fails on every operation whose number is a multiple of this; 0 for none.
    pub poison: u64,
}

/// Something that happens. `roll` is the randomness of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    pub what: What,
    pub roll: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A person edits on a device.
    Edit,
    /// A person edits in the web client.
    EditOnWeb,
    /// Things take their course, step by step, in a random order.
    Run,
    /// Things take their course until nothing is left to do but to wait.
    Settle,
    /// A message is lost.
    Lose,
    /// A message arrives twice.
    Double,
    /// A message that was sent before arrives once more.
    Replay,
    /// A device's process is killed.
    CrashDevice,
    /// A server process is killed.
    CrashProcess,
    /// A device's clock is set to some other time.
    SetClock,
    /// A server process's clock is set to some other time.
    SetServerClock,
    /// A device loses or gets the network.
    Network,
    /// Time passes.
    Wait,
    /// The next answer of the server is a failure.
    Fail,
    /// The database is set back to what it was before, with or without a new epoch.
    Restore,
    /// A standby takes over that lacks the last commits.
    Promote,
    /// A device's file is copied to another device.
    CopyProfile,
    /// A device changes to its other account, signs out, or signs in.
    ChangeAccount,
    /// A later server writes rows and fields that the devices do not know.
    Newer,
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let setup = Setup {
            devices: 2 + random.below(4),
            processes: 1 + random.below(3),
            second_account: random.one_in(3),
            page: if random.one_in(2) { 1 + random.below(6) } else { 2_000 },
            max_ops: if random.one_in(3) { 1 + random.below(4) } else { 500 },
            rows: if random.one_in(10) { 10 + random.below(20) as i64 } else { i64::MAX },
            poison: if random.one_in(10) { 5 + random.below(20) as u64 } else { 0 },
        };
        let restores = random.one_in(2);
        let newer = random.one_in(4);
        let weights: Vec<(usize, What)> = vec![
            (60, What::Edit),
            (8, What::EditOnWeb),
            (60, What::Run),
            (8, What::Settle),
            (8, What::Lose),
            (6, What::Double),
            (4, What::Replay),
            (8, What::CrashDevice),
            (4, What::CrashProcess),
            (4, What::SetClock),
            (2, What::SetServerClock),
            (8, What::Network),
            (8, What::Wait),
            (5, What::Fail),
            (if restores { 2 } else { 0 }, What::Restore),
            (if restores { 1 } else { 0 }, What::Promote),
            (1, What::CopyProfile),
            (2, What::ChangeAccount),
            (if newer { 4 } else { 0 }, What::Newer),
        ];
        let total = weights.iter().map(|(weight, _)| weight).sum();
        let happenings = (0..200 + random.below(60)).map(|_| {
            let mut at = random.below(total);
            let what = weights.iter().find(|(weight, _)| {
                let is_it = at < *weight;
                at = at.saturating_sub(*weight);
                is_it
            });
            Happening { what: what.map_or(What::Run, |(_, what)| *what), roll: random.next() }
        });
        Self { setup, happenings: happenings.collect() }
    }
}
