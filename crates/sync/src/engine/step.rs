//! The transitions.

use weekwise_protocol::sync::{MAX_OPS, Reason, Rev};

use super::{
    Access, Apply, Contact, Effect, Engine, Event, Facts, Failure, Kind, Moment, RequestId, Status, UnderWay,
    backoff::LONGEST_MS,
};
use crate::client::Batch;

/// How often the server may fail on one operation, while it answers pulls, before that is set aside.
const TRIES: u32 = 3;

impl Engine {
    pub(super) fn take_in(&mut self, event: Event, now: Moment, effects: &mut Vec<Effect>) {
        match event {
            Event::SignedIn(facts) => {
                self.start_anew();
                self.access = Access::SignedIn;
                self.facts = facts;
            }
            Event::SignedOut => {
                self.start_anew();
                self.access = Access::SignedOut;
                self.facts = Facts::default();
            }
            Event::Edited(facts) => self.facts = facts,
            Event::Tick => self.forget_passed(now),
            Event::Online | Event::Woke => {
                self.online = true;
                self.backoff.reset();
                (self.retry, self.poll) = (None, None);
            }
            Event::Offline => self.online = false,
            Event::Head { rev } => {
                self.online = true;
                self.head = rev;
            }
            Event::Pushed { request, reply } if self.under_way == Some(UnderWay::Push(request)) => {
                self.succeeded();
                self.broken = 0;
                self.batch = (self.batch * 2).min(MAX_OPS);
                self.head = self.head.max(reply.head.rev.0);
                self.apply(Some(Kind::Push), Apply::Pushed(reply), effects);
            }
            Event::Pulled { request, page } if self.under_way == Some(UnderWay::Pull(request)) => {
                self.succeeded();
                self.probe = false;
                self.poll = Some(Moment(now.0.saturating_add(self.backoff.poll_ms())));
                self.head = page.head.0;
                self.apply(Some(Kind::Pull), Apply::Page(page), effects);
            }
            Event::Failed { request, failure } if self.is_under_way(request) => {
                let was_push = self.under_way == Some(UnderWay::Push(request));
                self.under_way = None;
                self.failed(failure, was_push, now, effects);
            }
            // Of a request that is no longer waited for.
            Event::Pushed { .. } | Event::Pulled { .. } | Event::Failed { .. } => {}
            Event::Applied(facts) => {
                let before = match self.under_way.take() {
                    Some(UnderWay::Applying { after, from }) => after.map(|kind| (kind, from)),
                    Some(UnderWay::Push(_)) => Some((Kind::Push, self.facts)),
                    Some(UnderWay::Pull(_)) | None => None,
                };
                self.facts = facts;
                self.contact = Contact::There;
                match before {
                    // Nothing came of it. Asked again at once, the server would say the same, again and again.
                    Some((kind, from)) if facts == from && self.wanted() == Some(kind) => self.wait_longer(now),
                    _ => self.backoff.reset(),
                }
            }
            Event::Mismatched => {
                self.head = 0;
                let (common, fork) = (Rev(i64::MAX), None);
                self.apply(None, Apply::StartOver { epoch: None, common, fork }, effects);
            }
            Event::NotApplied => {
                self.under_way = None;
                self.wait_longer(now);
            }
        }
    }

    /// Does what is next, if nothing is under way.
    pub(super) fn go_on(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        self.forget_impossible(now);
        if self.access == Access::SignedIn && self.online && self.under_way.is_none() && self.retry.is_none() {
            self.request(effects);
        }
        let status = self.current_status();
        if self.status != Some(status) {
            self.status = Some(status);
            effects.push(Effect::Notify(status));
        }
        if let Some(at) = self.due() {
            effects.push(Effect::Schedule { at });
        }
    }

    /// Pulls first what there is to pull, so that what is pushed has seen as much as it can; then pushes, and pulls what
    /// came of that.
    fn wanted(&self) -> Option<Kind> {
        let Facts { unsent, waiting, held, complete, rev } = self.facts;
        let is_behind = !complete || self.head > rev;
        let is_due = self.poll.is_none();
        if is_behind || self.probe {
            Some(Kind::Pull)
        } else if unsent + held > 0 {
            Some(Kind::Push)
        } else {
            (waiting > 0 || is_due).then_some(Kind::Pull)
        }
    }

    fn request(&mut self, effects: &mut Vec<Effect>) {
        let Some(kind) = self.wanted() else { return };
        let request = self.number();
        match kind {
            Kind::Push => {
                self.under_way = Some(UnderWay::Push(request));
                effects.push(Effect::Push { request, batch: Batch { most: self.batch } });
            }
            Kind::Pull => {
                self.under_way = Some(UnderWay::Pull(request));
                effects.push(Effect::Pull { request });
            }
        }
    }

    fn apply(&mut self, after: Option<Kind>, apply: Apply, effects: &mut Vec<Effect>) {
        self.under_way = Some(UnderWay::Applying { after, from: self.facts });
        effects.push(Effect::Apply(apply));
    }

    fn failed(&mut self, failure: Failure, was_push: bool, now: Moment, effects: &mut Vec<Effect>) {
        match failure {
            Failure::Unauthorized => self.access = Access::Expired,
            Failure::AccountGone => self.access = Access::Gone,
            Failure::Outdated => self.access = Access::Outdated,
            Failure::Resync { epoch, common, fork } => {
                self.head = 0;
                self.apply(Some(Kind::Pull), Apply::StartOver { epoch: Some(epoch), common, fork }, effects);
            }
            Failure::TooLarge if was_push && self.batch > 1 => self.batch /= 2,
            Failure::TooLarge if was_push => self.apply(Some(Kind::Push), Apply::SetAside(Reason::TooLarge), effects),
            Failure::ServerOutdated => {
                self.server_outdated = true;
                self.wait_longer(now);
            }
            Failure::Broken | Failure::Refused if was_push => self.broken_on_push(now, effects),
            Failure::TooMany { wait_ms } => {
                let wait = self.backoff.wait_ms().max(wait_ms.min(LONGEST_MS));
                self.wait(wait, now);
            }
            _ => self.wait_longer(now),
        }
    }

    /// The server fails on what is pushed. If it answers a pull in between, it is the push; then it is tried in halves,
    /// down to the operation that it fails on.
    fn broken_on_push(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        self.broken += 1;
        if self.broken < TRIES {
            self.probe = true;
            return self.wait_longer(now);
        }
        self.broken = 0;
        if self.batch > 1 {
            self.batch /= 2;
            self.probe = true;
            return self.wait_longer(now);
        }
        self.apply(Some(Kind::Push), Apply::SetAside(Reason::Poison), effects);
    }

    fn wait_longer(&mut self, now: Moment) {
        let wait = self.backoff.wait_ms();
        self.wait(wait, now);
    }

    fn wait(&mut self, ms: u64, now: Moment) {
        self.contact = Contact::Lost;
        self.retry = Some(Moment(now.0.saturating_add(ms)));
    }

    /// The server answers. How long to wait after the next failure is up to what comes of that.
    fn succeeded(&mut self) {
        self.online = true;
        self.server_outdated = false;
        self.retry = None;
    }

    fn start_anew(&mut self) {
        (self.under_way, self.retry, self.poll) = (None, None, None);
        (self.head, self.broken, self.probe, self.batch) = (0, 0, false, MAX_OPS);
        self.server_outdated = false;
        self.contact = Contact::Untried;
        self.backoff.reset();
    }

    fn number(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request - 1)
    }

    fn is_under_way(&self, request: RequestId) -> bool {
        matches!(self.under_way, Some(UnderWay::Push(it) | UnderWay::Pull(it)) if it == request)
    }

    fn forget_passed(&mut self, now: Moment) {
        let lies_ahead = |at: &Moment| *at > now;
        self.retry = self.retry.filter(lies_ahead);
        self.poll = self.poll.filter(lies_ahead);
    }

    /// A clock that was set back must not make anything wait for longer than it ever would.
    fn forget_impossible(&mut self, now: Moment) {
        let is_possible = |at: &Moment| at.0 <= now.0.saturating_add(LONGEST_MS);
        self.retry = self.retry.filter(is_possible);
        self.poll = self.poll.filter(is_possible);
    }

    /// When to be woken.
    fn due(&self) -> Option<Moment> {
        let is_idle = self.access == Access::SignedIn && self.under_way.is_none();
        is_idle.then(|| self.retry.or(self.poll)).flatten()
    }

    fn current_status(&self) -> Status {
        let Facts { unsent, waiting, held, complete, .. } = self.facts;
        let is_away = !self.online || self.retry.is_some() || self.contact == Contact::Lost;
        let is_all = unsent + waiting + held == 0 && complete && self.contact == Contact::There;
        match self.access {
            Access::SignedOut => Status::SignedOut,
            Access::Expired => Status::SignInAgain { waiting: unsent },
            Access::Gone => Status::AccountGone,
            Access::Outdated => Status::Outdated,
            Access::SignedIn if self.server_outdated => Status::ServerOutdated,
            Access::SignedIn if is_away => Status::Offline { waiting: unsent },
            Access::SignedIn if is_all => Status::Synced,
            Access::SignedIn => Status::Syncing { waiting: unsent },
        }
    }
}
