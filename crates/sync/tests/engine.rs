//! The engine, event by event: when it pushes, pulls, waits, and what it tells.
#![allow(clippy::unwrap_used)]

use uuid::Uuid;
use weekwise_protocol::sync::{EpochId, Page, Point, PushReply, Reason, Rev};
use weekwise_sync::{
    client::Batch,
    engine::{Apply, Effect, Engine, Event, Facts, Failure, Moment, RequestId, Status},
};

const EPOCH: EpochId = EpochId(Uuid::from_u128(1));

/// An engine with a clock of its own, and what it asked for last.
struct Device {
    engine: Engine,
    now: u64,
    effects: Vec<Effect>,
}

impl Device {
    /// Signed in, with everything pulled up to revision 10.
    fn at_rest() -> Self {
        let mut device = Self { engine: Engine::new(7), now: 1_000, effects: Vec::new() };
        device.on(Event::SignedIn(Facts { complete: false, ..facts(0) }));
        device.answer_pull(10);
        device.on(Event::Applied(facts(0)));
        assert_eq!(device.status(), Some(Status::Synced));
        device
    }

    fn on(&mut self, event: Event) {
        self.effects = self.engine.on(event, Moment(self.now));
    }

    fn pull(&self) -> Option<RequestId> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Pull { request } => Some(*request),
            _ => None,
        })
    }

    fn push(&self) -> Option<(RequestId, usize)> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Push { request, batch: Batch { most } } => Some((*request, *most)),
            _ => None,
        })
    }

    fn status(&self) -> Option<Status> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Notify(status) => Some(*status),
            _ => None,
        })
    }

    fn applied(&self) -> Option<&Apply> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Apply(apply) => Some(apply),
            _ => None,
        })
    }

    /// When it wants to be woken.
    fn due(&self) -> Option<u64> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Schedule { at: Moment(at) } => Some(*at),
            _ => None,
        })
    }

    fn answer_pull(&mut self, rev: i64) {
        let request = self.pull().unwrap_or_else(|| panic!("it pulls: {:?}", self.effects));
        self.on(Event::Pulled { request, page: page(rev) });
    }

    fn fail(&mut self, request: RequestId, failure: Failure) {
        self.on(Event::Failed { request, failure });
    }

    /// Lets time pass until it wants to be woken.
    fn wait(&mut self) {
        self.now = self.due().unwrap_or_else(|| panic!("it waits for a moment: {:?}", self.effects));
        self.on(Event::Tick);
    }
}

fn facts(unsent: usize) -> Facts {
    Facts { unsent, waiting: 0, held: 0, complete: true, rev: 10 }
}

fn page(rev: i64) -> Page {
    let next = Point { rev: Rev(rev), mark: None };
    Page { epoch: EPOCH, since: Rev(rev), rows: Vec::new(), next, trail: Vec::new(), head: Rev(rev), checksum: None }
}

fn reply(rev: i64) -> PushReply {
    PushReply { epoch: EPOCH, head: Point { rev: Rev(rev), mark: None }, held: Vec::new(), ops: Vec::new() }
}

#[test]
fn an_edit_is_pushed_and_what_came_of_it_pulled() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    assert_eq!(device.status(), Some(Status::Syncing { waiting: 1 }));
    let (request, most) = device.push().unwrap();
    assert_eq!(most, 500);
    device.on(Event::Pushed { request, reply: reply(11) });
    assert!(matches!(device.applied(), Some(Apply::Pushed(_))));
    device.on(Event::Applied(Facts { waiting: 1, ..facts(0) }));
    device.answer_pull(11);
    device.on(Event::Applied(Facts { rev: 11, ..facts(0) }));
    assert_eq!(device.status(), Some(Status::Synced));
    assert_eq!((device.push(), device.pull()), (None, None));
}

#[test]
fn a_failed_upload_is_tried_again_without_another_edit_ever_more_rarely() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    let mut waits = Vec::new();
    for _ in 0..14 {
        let (request, _) = device.push().unwrap();
        device.fail(request, Failure::Unreachable);
        waits.push(device.due().unwrap() - device.now);
        assert_eq!(device.push(), None, "it waits");
        device.wait();
    }
    assert!(waits[0] <= 1_000 && waits.iter().all(|wait| *wait <= 300_000), "{waits:?}");
    assert!(waits[13] >= 150_000, "{waits:?}");
    // The network is back, or the window comes to the front: at once.
    let (request, _) = device.push().unwrap();
    device.fail(request, Failure::Unreachable);
    device.on(Event::Online);
    assert!(device.push().is_some(), "{:?}", device.effects);
}

#[test]
fn replies_that_are_late_or_come_twice_are_not_taken_for_others() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    let (first, _) = device.push().unwrap();
    device.fail(first, Failure::Unreachable);
    device.wait();
    let (second, _) = device.push().unwrap();
    device.on(Event::Pushed { request: first, reply: reply(11) });
    assert_eq!(device.applied(), None, "the first was given up");
    device.on(Event::Pushed { request: second, reply: reply(11) });
    assert!(device.applied().is_some());
    device.on(Event::Pushed { request: second, reply: reply(11) });
    assert_eq!(device.applied(), None);
    // Neither is one of an account that was left.
    device.on(Event::SignedOut);
    device.on(Event::SignedIn(facts(1)));
    let pull = device.pull();
    let (third, _) = device.push().unwrap_or_else(|| (pull.unwrap(), 0));
    device.on(Event::SignedOut);
    device.on(Event::Pushed { request: third, reply: reply(12) });
    assert_eq!(device.applied(), None);
}

#[test]
fn a_batch_that_is_too_large_is_halved_down_to_the_operation_that_no_push_can_hold() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(3)));
    let mut sizes = Vec::new();
    while let Some((request, most)) = device.push() {
        sizes.push(most);
        device.fail(request, Failure::TooLarge);
    }
    assert_eq!(sizes, [500, 250, 125, 62, 31, 15, 7, 3, 1]);
    assert_eq!(device.applied(), Some(&Apply::SetAside(Reason::TooLarge)));
}

#[test]
fn an_operation_on_which_the_server_fails_is_set_aside_but_not_one_that_waits_for_a_server_that_is_down() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(2)));
    for _ in 0..200 {
        if let Some((request, _)) = device.push() {
            device.fail(request, Failure::Broken);
        } else if device.pull().is_some() {
            device.answer_pull(10);
            device.on(Event::Applied(facts(2)));
        } else if device.applied().is_some() {
            break;
        } else {
            device.wait();
        }
    }
    assert_eq!(device.applied(), Some(&Apply::SetAside(Reason::Poison)));

    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(2)));
    for _ in 0..200 {
        match (device.push(), device.pull()) {
            (Some((request, _)), _) | (_, Some(request)) => device.fail(request, Failure::Broken),
            _ => device.wait(),
        }
        assert_eq!(device.applied(), None, "a server that answers nothing says nothing of an operation");
    }
}

#[test]
fn what_a_person_has_to_do_is_said_and_nothing_is_tried_meanwhile() {
    for (failure, expected) in [
        (Failure::Unauthorized, Status::SignInAgain { waiting: 1 }),
        (Failure::AccountGone, Status::AccountGone),
        (Failure::Outdated, Status::Outdated),
    ] {
        let mut device = Device::at_rest();
        device.on(Event::Edited(facts(1)));
        let (request, _) = device.push().unwrap();
        device.fail(request, failure);
        assert_eq!((device.status(), device.due()), (Some(expected), None), "{failure:?}");
        device.on(Event::Online);
        assert_eq!((device.push(), device.pull()), (None, None), "{failure:?}");
    }
    // One that the server has to do passes by itself.
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    let (request, _) = device.push().unwrap();
    device.fail(request, Failure::ServerOutdated);
    assert_eq!(device.status(), Some(Status::ServerOutdated));
    assert!(device.due().is_some());
}

#[test]
fn a_device_that_calls_too_often_waits_as_long_as_it_is_told() {
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    let (request, _) = device.push().unwrap();
    device.fail(request, Failure::TooMany { wait_ms: 42_000 });
    assert!(device.due().unwrap() >= device.now + 42_000);
}

#[test]
fn another_history_means_starting_over_and_so_does_a_page_that_does_not_add_up() {
    let mut device = Device::at_rest();
    device.on(Event::Head { rev: 12 });
    let request = device.pull().unwrap();
    let epoch = EpochId(Uuid::from_u128(2));
    device.fail(request, Failure::Resync { epoch, common: Rev(4), fork: None });
    let expected = Apply::StartOver { epoch: Some(epoch), common: Rev(4), fork: None };
    assert_eq!(device.applied(), Some(&expected));

    let mut device = Device::at_rest();
    device.on(Event::Head { rev: 12 });
    device.answer_pull(12);
    device.on(Event::Mismatched);
    assert!(matches!(device.applied(), Some(Apply::StartOver { epoch: None, .. })));
}

#[test]
fn what_leads_to_nothing_is_asked_for_ever_more_rarely() {
    // The server says that it has an edit, and that its history ends before it.
    let mut device = Device::at_rest();
    device.on(Event::Edited(facts(1)));
    let (request, _) = device.push().unwrap();
    device.on(Event::Pushed { request, reply: reply(11) });
    let waits = Facts { waiting: 1, ..facts(0) };
    device.on(Event::Applied(waits));
    let mut pauses = Vec::new();
    for _ in 0..12 {
        device.answer_pull(10);
        device.on(Event::Applied(waits));
        assert_eq!((device.push(), device.pull()), (None, None), "it waits");
        pauses.push(device.due().unwrap() - device.now);
        device.wait();
    }
    assert!(pauses[0] <= 1_000 && pauses[11] >= 150_000, "{pauses:?}");
    // It sends it after all: then all is well again.
    device.answer_pull(11);
    device.on(Event::Applied(Facts { rev: 11, ..facts(0) }));
    assert_eq!(device.status(), Some(Status::Synced));
    device.on(Event::Edited(Facts { rev: 11, ..facts(1) }));
    let (request, _) = device.push().unwrap();
    device.fail(request, Failure::Unreachable);
    assert!(device.due().unwrap() - device.now <= 1_000);

    // A page that cannot be applied, again and again.
    let mut device = Device::at_rest();
    device.on(Event::Head { rev: 12 });
    let mut pauses = Vec::new();
    for _ in 0..12 {
        device.answer_pull(12);
        device.on(Event::NotApplied);
        pauses.push(device.due().unwrap() - device.now);
        device.wait();
    }
    assert!(pauses[11] >= 150_000, "{pauses:?}");
}

#[test]
fn all_is_well_once_the_server_says_so_and_not_while_it_is_asked() {
    let mut device = Device { engine: Engine::new(7), now: 1_000, effects: Vec::new() };
    device.on(Event::SignedIn(facts(0)));
    assert_eq!(device.status(), Some(Status::Syncing { waiting: 0 }));
    let request = device.pull().unwrap();
    device.fail(request, Failure::Unreachable);
    assert_eq!(device.status(), Some(Status::Offline { waiting: 0 }));
    // Whoever tries again is not there yet.
    device.on(Event::Woke);
    assert_eq!(device.status(), None);
    device.answer_pull(10);
    assert_eq!(device.status(), None);
    device.on(Event::Applied(facts(0)));
    assert_eq!(device.status(), Some(Status::Synced));
    device.wait();
    assert!(device.pull().is_some());
    assert_eq!(device.status(), None, "to look for news is no change");
}

#[test]
fn news_is_looked_for_now_and_then_and_at_once_when_the_server_speaks_of_it_or_the_device_wakes() {
    let mut device = Device::at_rest();
    let wait = device.due().unwrap() - device.now;
    assert!((30_000..=60_000).contains(&wait), "{wait}");
    device.wait();
    assert!(device.pull().is_some());
    for event in [Event::Head { rev: 11 }, Event::Woke, Event::Online] {
        let mut device = Device::at_rest();
        device.on(event.clone());
        assert!(device.pull().is_some(), "{event:?}");
    }
    let mut device = Device::at_rest();
    device.on(Event::Head { rev: 10 });
    assert_eq!(device.pull(), None, "it has that");
    device.on(Event::Offline);
    device.on(Event::Edited(facts(1)));
    assert_eq!((device.push(), device.pull(), device.status()), (None, None, Some(Status::Offline { waiting: 1 })));
}
