//! Playing a plan.

use std::sync::Arc;

use weekwise_protocol::sync::{EpochId, OpId, Push};
use weekwise_sync::{
    engine::{Event, Failure},
    server::Standing,
};

use crate::{
    check::{self, Property, Violation},
    ghost::users,
    plan::{Happening, Plan, What},
    plants::Plant,
    random::Random,
    server::{ACCOUNTS, Database, Tables},
    world::{Body, Job, Message, Request, Stage, World},
};

/// Plays a plan to its end, and then until nothing is left to do.
///
/// # Errors
/// What did not hold first.
pub fn play(plan: &Plan, plant: Option<Plant>) -> Result<World, Violation> {
    let mut world = World::new(plan, plant);
    run(&mut world, plan)?;
    Ok(world)
}

/// As [`play`], and keeps what happened.
pub fn trace(plan: &Plan, plant: Option<Plant>) -> (Option<Violation>, Vec<String>) {
    let mut world = World::new(plan, plant);
    world.trace = Some(Vec::new());
    let violation = run(&mut world, plan).err();
    (violation, world.trace.unwrap())
}

fn run(world: &mut World, plan: &Plan) -> Result<(), Violation> {
    for happening in &plan.happenings {
        happen(world, *happening);
        check_so_far(world)?;
    }
    come_to_rest(world)?;
    for user in users() {
        let rows: Vec<_> = world.database.users[user].rows.values().cloned().collect();
        for row in rows {
            world.note(|| format!("account {user} ends with {}", serde_json::to_string(&*row).unwrap()));
        }
    }
    match check::at_rest(world) {
        Some(violation) => Err(violation),
        None => redeliver(world),
    }
}

fn check_so_far(world: &mut World) -> Result<(), Violation> {
    world.violation.take().map_or(Ok(()), Err)
}

fn happen(world: &mut World, Happening { what, roll }: Happening) {
    let mut random = Random::new(roll);
    world.now += random.below(3_000) as u64;
    let device = random.below(world.devices.len());
    let process = random.below(world.processes.len());
    let user = random.below(4) / 3;
    match what {
        What::Edit => world.edit(device, &mut random),
        What::EditOnWeb => world.edit_on_web(user, &mut random),
        What::Newer => world.write_newer(user, &mut random),
        What::Run => {
            let steps = 1 + random.below(16);
            take_steps(world, &mut random, steps);
        }
        What::Settle => {
            for _ in 0..3 {
                take_steps(world, &mut random, 300);
                if let Some(moment) = world.next_moment() {
                    world.now = moment;
                }
            }
        }
        What::Lose => drop(pick_message(world, &mut random).map(|at| world.net.remove(at))),
        What::Double => {
            if let Some(at) = pick_message(world, &mut random) {
                world.net.push(world.net[at].clone());
            }
        }
        What::Replay => {
            if let Some(request) = random.pick(&world.sent).cloned() {
                world.net.push(Message::Request(request));
            }
        }
        What::CrashDevice => {
            world.note(|| format!("device {device} is killed"));
            let now = world.now;
            world.devices[device].restart(roll, now);
        }
        What::CrashProcess => {
            world.note(|| format!("process {process} is killed"));
            kill_jobs(world, process);
        }
        What::SetClock => world.devices[device].clock = some_error(&mut random),
        What::SetServerClock => world.processes[process].clock = some_error(&mut random) / 100_000,
        What::Network => {
            let (now, is_online) = (world.now, !world.devices[device].online);
            world.devices[device].online = is_online;
            world.devices[device].on(if is_online { Event::Online } else { Event::Offline }, now);
        }
        What::Wait => world.now += random.below(120_000) as u64,
        What::Fail => world.fail_next = Some(some_failure(&mut random)),
        What::Restore => {
            let back = 1 + random.below(world.past.len().min(40));
            set_back(world, back, random.one_in(2), true);
        }
        What::Promote => {
            let back = 1 + random.below(world.past.len().min(4));
            set_back(world, back, !random.one_in(3), false);
        }
        What::CopyProfile => copy_profile(world, device, roll),
        What::ChangeAccount => {
            let account = match random.below(4) {
                0 => None,
                n => Some(n / 3),
            };
            let now = world.now;
            world.devices[device].change_account(account, now);
        }
    }
}

fn take_steps(world: &mut World, random: &mut Random, most: usize) {
    for _ in 0..most {
        let Some(step) = random.pick(&world.steps()).copied() else { return };
        world.step(step, random);
        if world.violation.is_some() {
            return;
        }
    }
}

fn pick_message(world: &World, random: &mut Random) -> Option<usize> {
    (!world.net.is_empty()).then(|| random.below(world.net.len()))
}

fn some_error(random: &mut Random) -> i64 {
    const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;
    match random.below(3) {
        0 => 0,
        1 => random.between(-YEAR, YEAR),
        _ => random.between(-600_000, 600_000),
    }
}

fn some_failure(random: &mut Random) -> Failure {
    match random.below(6) {
        0 => Failure::Broken,
        1 => Failure::Unavailable,
        2 => Failure::TooMany { wait_ms: random.below(20_000) as u64 },
        3 => Failure::Refused,
        4 => Failure::ServerOutdated,
        _ => Failure::Unreachable,
    }
}

fn kill_jobs(world: &mut World, process: usize) {
    world.processes[process].jobs.clear();
    for lock in &mut world.locks {
        *lock = lock.filter(|holder| *holder != process);
    }
}

/// The database is what it was some commits ago. Not where it was set back before without a word, and no device has noticed yet:
/// what then happened twice cannot be told from what happened once.
fn set_back(world: &mut World, back: usize, is_said: bool, is_restart: bool) {
    if users().any(|user| is_forked_unnoticed(world, user)) {
        return;
    }
    // Nor to before that was noticed: then it would be forgotten again.
    if std::mem::take(&mut world.is_unsaid) {
        world.noticed = world.past.len() - 1;
    }
    let to = world.past.len().saturating_sub(back + 1).max(world.noticed);
    world.is_unsaid = !is_said;
    let old: Database = world.past[to].clone();
    world.note(|| format!("the database is set back by {back} commits, new epoch: {is_said}"));
    for process in 0..world.processes.len() {
        if is_restart {
            kill_jobs(world, process);
        } else {
            world.processes[process].jobs.retain(|job| !matches!(job.stage, Stage::Written(_)));
        }
    }
    world.locks = [None; ACCOUNTS];
    for user in users() {
        let stores: Vec<_> = world.devices.iter().map(|device| &device.stores[user]).collect();
        world.ghost.restore(user, &world.database.users[user], &old.users[user], &stores);
    }
    world.database = old;
    if is_said {
        for user in users() {
            let mut tables = Tables::clone(&world.database.users[user]);
            tables.begin_epoch(EpochId(world.fresh()));
            world.database.users[user] = Arc::new(tables);
        }
    }
    world.past.push(world.database.clone());
}

fn is_forked_unnoticed(world: &World, user: usize) -> bool {
    let tables = &world.database.users[user];
    world.devices.iter().map(|device| &device.stores[user].file).any(|file| {
        let standing = file.epoch.map(|epoch| tables.standing(epoch, &file.trail));
        matches!(standing, Some(Standing::Forked { .. }))
    })
}

fn copy_profile(world: &mut World, device: usize, seed: u64) {
    if world.devices.len() >= 6 {
        return;
    }
    let number = world.devices.len();
    world.note(|| format!("device {device} is copied to device {number}"));
    let mut copy = world.devices[device].clone();
    let now = world.now;
    copy.restart(seed, now);
    // The process that was copied is none; the answers to the other one's requests do not reach this one.
    world.devices.push(copy);
}

/// All faults end; whoever edited something is signed in and online.
fn come_to_rest(world: &mut World) -> Result<(), Violation> {
    world.is_quiet = true;
    world.note(|| "quiet".to_owned());
    world.fail_next = None;
    let mut random = Random::new(world.devices.len() as u64);
    for round in 0..2 {
        // First those who are signed in; then each device with the other account, for what may wait there.
        for number in 0..world.devices.len() {
            let now = world.now;
            let device = &mut world.devices[number];
            device.online = true;
            let account = match round {
                0 => device.account.unwrap_or(0),
                _ => 1 - device.account.unwrap_or(0),
            };
            device.change_account(Some(account), now);
            device.on(Event::Online, now);
        }
        settle(world, &mut random)?;
    }
    // And once more, for what the second round brought to those of the first.
    for number in 0..world.devices.len() {
        let now = world.now;
        let account = 1 - world.devices[number].account.unwrap_or(0);
        world.devices[number].change_account(Some(account), now);
    }
    settle(world, &mut random)
}

fn settle(world: &mut World, random: &mut Random) -> Result<(), Violation> {
    for _ in 0..40_000 {
        check_so_far(world)?;
        match random.pick(&world.steps()).copied() {
            Some(step) => world.step(step, random),
            None if is_at_rest(world) => return Ok(()),
            None => match world.next_moment() {
                Some(moment) => world.now = moment,
                None => break,
            },
        }
    }
    let open = world.devices.iter().position(|device| !is_done(world, device));
    Err(Violation::new(Property::OutboxDrains, format!("device {open:?} does not come to rest")))
}

fn is_at_rest(world: &World) -> bool {
    world.net.is_empty() && world.devices.iter().all(|device| is_done(world, device))
}

fn is_done(world: &World, device: &crate::device::Device) -> bool {
    let Some(user) = device.account else { return true };
    let file = &device.stores[user].file;
    let head = &world.database.users[user].head;
    device.is_quiet()
        && file.outbox.is_empty()
        && file.held.is_empty()
        && file.epoch == Some(head.epoch)
        && file.cursor == head.rev
        && file.is_complete()
}

/// Everything that was ever sent is sent once more. What the server knew, wrote nothing for, and does not know any more because of
/// a restore is left out: what was made on top of it says nothing of it. So is what it held to be too much and does not remember, be
/// it because of a restore or because it was no operation: there may be room by now, and then it is taken.
fn redeliver(world: &mut World) -> Result<(), Violation> {
    let before = world.database.clone();
    let requests: Vec<Request> = world.sent.clone();
    let mut random = Random::new(1);
    for request in requests {
        if let Body::Push(text) = &request.body {
            let push: Push = serde_json::from_str(text).unwrap();
            let (tables, ghost) = (&before.users[request.user], &world.ghost);
            let is_nothing = |op: &OpId| ghost.idle.contains(op) || ghost.rejected.contains(op);
            let is_forgotten = |op: &OpId| is_nothing(op) && !tables.operations.contains_key(op);
            if ops_of(&push).iter().any(is_forgotten) || push.held.iter().any(|row| ghost.no_room.contains(row)) {
                continue;
            }
            world.processes[0].jobs.push(Job { request, stage: Stage::Arrived });
            while !world.processes[0].jobs.is_empty() {
                let last = world.processes[0].jobs.len() - 1;
                world.step(crate::world::Step::Job(0, last), &mut random);
            }
            world.net.clear();
        }
    }
    for user in users() {
        let was_restored = world.ghost.was_restored;
        if let Some(violation) = check::redelivered(&before.users[user], &world.database.users[user], was_restored) {
            return Err(violation.on(format!("account {user}")));
        }
    }
    check_so_far(world)
}

fn ops_of(push: &Push) -> Vec<OpId> {
    push.ops.iter().filter_map(|body| serde_json::from_value(body["op"].clone()).ok()).collect()
}
