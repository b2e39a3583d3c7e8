//! Doing what the engine says: one effect after the other.

use std::{
    collections::{BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use uuid::Uuid;
use weekwise_protocol::{
    Now,
    sync::{Head, OpReply, Push, PushReply},
};
use weekwise_storage::{Loaded, StorageError};
use weekwise_sync::{
    client::{Batch, File, Sent},
    engine::{Apply, Effect, Engine, Event, Facts, Failure, Moment, RequestId, Status},
};

use super::{
    ahead::{Ahead, Place},
    events::Events,
    host,
    rows::{add_loaded, file_at, file_of},
    state::{SyncReport, SyncState},
    steps::{self, Applied},
    wire::{Failed, Wire},
};
use crate::{
    App,
    account::{self, AccountError, Origin, Token},
    clock,
    net::Net,
};

/// How long a run waits for edits of other processes at most before it looks.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// How long events are done without after they came to an end; what is new is asked for meanwhile.
const EVENTS_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// A server whose rows are never those that it sums up must not have everything pulled again and again.
const STARTS_OVER_EVERY: Duration = Duration::from_secs(10 * 60);

/// Sync of an application's account.
pub struct Sync {
    app: App,
    wire: Option<Wire>,
    /// Whether the server has said that the session is that of the account's person.
    is_checked: bool,
    engine: Engine,
    started: Instant,
    /// What the engine was last told of the file.
    facts: Facts,
    effects: VecDeque<Effect>,
    timer: Option<Moment>,
    status: Status,
    sent: Option<Sent>,
    /// From where the page was pulled that is to be applied.
    pulled_from: Option<Place>,
    ahead: Option<Ahead>,
    started_over: Option<Instant>,
    events: Option<Events>,
    events_ended: Option<Instant>,
    reached: Option<Now>,
    applied_so_far: u64,
    /// Whether rows came since names were looked for.
    has_news: bool,
    /// Whether the server has just said that the account was deleted: nobody is told so before the list says it.
    has_gone: bool,
    /// The devices whose names were asked for.
    asked_about: BTreeSet<String>,
    report: SyncReport,
}

impl Sync {
    /// Sync of the account whose data `app` has open. Nothing is done yet.
    ///
    /// # Errors
    /// When the session cannot be read, or the file.
    pub async fn of(app: &App) -> Result<Self, AccountError> {
        let mut sync = Self {
            app: app.clone(),
            wire: None,
            is_checked: false,
            engine: Engine::new(Uuid::new_v4().as_u64_pair().0),
            started: Instant::now(),
            facts: Facts::default(),
            effects: VecDeque::new(),
            timer: None,
            status: Status::SignedOut,
            sent: None,
            pulled_from: None,
            ahead: None,
            started_over: None,
            events: None,
            events_ended: None,
            reached: None,
            applied_so_far: 0,
            has_news: false,
            has_gone: false,
            asked_about: BTreeSet::new(),
            report: SyncReport::default(),
        };
        if app.account().is_none() {
            return Ok(sync);
        }
        sync.facts = facts(app).await.map_err(|error| crate::OpenError::of(app.root().path(), &error))?;
        if let Some(kept) = app.account()
            && let Some(token) = account::session(app).await?
        {
            sync.wire = Some(wire(&Origin::parse(&kept.owner.server)?, token)?);
            sync.on(Event::SignedIn(sync.facts));
        }
        Ok(sync)
    }

    /// How it stands.
    pub fn state(&self) -> SyncState {
        match self.status {
            Status::SignedOut => SyncState::SignedOut(0),
            Status::Syncing { waiting } => SyncState::Syncing(waiting),
            Status::Synced => SyncState::Synced,
            Status::Offline { waiting } => SyncState::Offline(waiting),
            Status::SignInAgain { waiting } => SyncState::SignInAgain(waiting),
            Status::AccountGone => SyncState::AccountGone,
            Status::Outdated => SyncState::Outdated,
            Status::ServerOutdated => SyncState::ServerOutdated,
        }
    }

    /// How many edits wait on this device.
    pub fn unsent(&self) -> usize {
        self.facts.unsent
    }

    /// When the server last answered as it should, by the clock of this device.
    pub fn reached(&self) -> Option<Now> {
        self.reached
    }

    /// How many pages and replies were taken in: where it is more than before, there may be other rows.
    pub fn applied_so_far(&self) -> u64 {
        self.applied_so_far
    }

    /// What was done so far.
    pub fn report(&self) -> &SyncReport {
        &self.report
    }

    /// Does all that can be done now: until everything is on both sides, or something has to be waited for.
    pub async fn settle(&mut self) -> SyncState {
        while self.step().await {}
        self.state()
    }

    /// Does the next of what can be done now; false where there is nothing left.
    pub async fn step(&mut self) -> bool {
        match self.effects.pop_front() {
            Some(effect) => self.effect(effect).await,
            None if std::mem::take(&mut self.has_news) => self.learn_names().await,
            None => return false,
        }
        if std::mem::take(&mut self.has_gone) {
            self.gone().await;
        }
        true
    }

    /// Asks what those devices are called from which something came, each once. That it fails is no trouble: they are known by
    /// less then.
    async fn learn_names(&mut self) {
        let (Some(wire), Ok(mut reading)) = (self.wire.clone(), self.app.store().read().await) else { return };
        let unnamed = reading.unnamed_devices().await.unwrap_or_default();
        drop(reading);
        let before = self.asked_about.len();
        self.asked_about.extend(unnamed);
        if self.asked_about.len() == before {
            return;
        }
        let Ok(devices) = wire.devices().await else { return };
        let names =
            devices.devices.into_iter().filter_map(|it| Some((it.device_id.to_string(), it.device_name?.to_string())));
        if let Err(error) = self.app.store().name_devices(&names.collect::<Vec<_>>()).await {
            self.failed_to_store(&error);
        }
    }

    /// Waits until there is something to do: the moment that the engine asked for, news from the server, or an edit of
    /// whatever process. It can be given up at any moment.
    pub async fn wait(&mut self) {
        loop {
            self.listen().await;
            if !self.effects.is_empty() {
                return;
            }
            let sleep = tokio::time::sleep(self.tries_again_in().unwrap_or(LOOKS_EVERY).min(LOOKS_EVERY));
            tokio::select! {
                () = sleep => {}
                () = self.app.edited().notified() => {}
                news = next(&mut self.events) => match news {
                    Some(head) => return self.on(Event::Head { rev: head.head.0 }),
                    // It may have ended for a reason: the session did, or the server.
                    None => {
                        (self.events, self.events_ended) = (None, Some(Instant::now()));
                        return self.on(Event::Woke);
                    }
                },
            }
            // The edits first: what the timer leads to may take its time, and is not to hide how many wait.
            let known = self.facts;
            match facts(&self.app).await {
                Ok(facts) if facts != known => self.on(Event::Edited(facts)),
                Ok(_) => {}
                Err(error) => self.failed_to_store(&error),
            }
            let now = self.now();
            let is_due = self.timer.take_if(|at| *at <= now);
            if is_due.is_some() {
                self.on(Event::Tick);
            }
            if is_due.is_some() || self.facts != known {
                return;
            }
        }
    }

    /// Opens a stream of events, where there is none and the server was there just now.
    async fn listen(&mut self) {
        let may = self.events_ended.is_none_or(|ended| ended.elapsed() > EVENTS_AGAIN_AFTER);
        if self.events.is_some() || !may || !self.is_checked || self.status != Status::Synced {
            return;
        }
        let Some(wire) = &self.wire else { return };
        match Events::open(wire).await {
            Ok(Some(events)) => return self.events = Some(events),
            // A request is told which of both it is.
            Ok(None) => self.on(Event::Woke),
            Err(trouble) => log::info!("no events: {trouble}"),
        }
        self.events_ended = Some(Instant::now());
    }

    /// How long until it is tried again by itself; none where there is nothing that could be.
    pub fn tries_again_in(&self) -> Option<Duration> {
        let Moment(at) = self.timer?;
        Some(Duration::from_millis(at.saturating_sub(self.now().0)))
    }

    /// The device woke up, the window came to the front, or the network returned: looks at once.
    pub fn woke(&mut self) {
        self.on(Event::Woke);
    }

    async fn effect(&mut self, effect: Effect) {
        match effect {
            // That was noted as soon as it was said: the request before it may have taken its time.
            Effect::Notify(_) => {}
            Effect::Schedule { at } => self.timer = Some(at),
            Effect::Push { request, batch } => self.push(request, batch).await,
            Effect::Pull { request } => self.pull(request).await,
            Effect::Apply(apply) => self.apply(apply).await,
        }
    }

    /// Writes down that the account was deleted.
    async fn gone(&mut self) {
        if let Err(error) = account::gone(&self.app).await {
            // The server says it again to the next run.
            log::warn!("the list of accounts does not say that this one is gone: {error}");
        }
    }

    async fn push(&mut self, request: RequestId, batch: Batch) {
        let outgoing = match outgoing(&self.app, batch).await {
            Ok(outgoing) => outgoing,
            Err(error) => return self.not_read(request, &error),
        };
        let Some((push, sent)) = outgoing else { return self.applied(false).await };
        match self.checked().await {
            Ok(wire) => match wire.push(&push).await {
                Ok(reply) if answers(&push, &sent, &reply) => {
                    self.report.pushed += sent.ops.len() + sent.held.len();
                    self.sent = Some(sent);
                    self.on(Event::Pushed { request, reply });
                }
                Ok(_) => self.failed(request, wire.net.is_not("it answers something else than it was asked").into()),
                Err(failed) => self.failed(request, failed),
            },
            Err(failed) => self.failed(request, failed),
        }
    }

    async fn pull(&mut self, request: RequestId) {
        let place = match whereabouts(&self.app).await {
            Ok(file) => Place(file),
            Err(error) => return self.not_read(request, &error),
        };
        let ahead = match self.ahead.take().filter(|ahead| ahead.is_from(&place)) {
            Some(ahead) => ahead.page().await,
            None => None,
        };
        let page = match (ahead, self.checked().await) {
            (Some(page), _) => page,
            (None, Ok(wire)) => place.pull(&wire).await,
            (None, Err(failed)) => Err(failed),
        };
        match page {
            Ok(page) => {
                self.pulled_from = Some(place);
                self.on(Event::Pulled { request, page });
            }
            Err(failed) => self.failed(request, failed),
        }
    }

    async fn apply(&mut self, apply: Apply) {
        let (rows, is_empty_page) = match &apply {
            Apply::Page(page) => (page.rows.len(), page.rows.is_empty()),
            _ => (0, false),
        };
        self.reached = Some(clock::now());
        let starts_over = matches!(apply, Apply::StartOver { .. });
        let sent = self.sent.take();
        let next = self.next_place(&apply);
        self.ahead = self.wire.as_ref().zip(next).map(|(wire, place)| Ahead::pull(wire.clone(), place));
        match steps::apply(self.app.store(), apply, sent, clock::moment()).await {
            Ok(Applied::Done) => {
                self.report.pulled += rows;
                self.report.started_over += usize::from(starts_over);
                self.applied_so_far += u64::from(!is_empty_page);
                self.has_news |= rows > 0;
                self.report.storage = None;
                self.applied(is_empty_page).await;
            }
            Ok(Applied::Mismatched) if self.may_start_over() => self.on(Event::Mismatched),
            Ok(Applied::Mismatched) => self.not_applied("the rows are not those that the server sums up"),
            Ok(Applied::Refused(error)) => {
                log::warn!("a page was not applied: {error}");
                self.not_applied("a page of it cannot be right");
            }
            Err(error) => {
                self.failed_to_store(&error);
                self.on(Event::NotApplied);
            }
        }
    }

    /// From where the next page will be pulled once this is done, if one is to follow at once.
    fn next_place(&mut self, apply: &Apply) -> Option<Place> {
        let Place(mut file) = self.pulled_from.take()?;
        let Apply::Page(page) = apply else { return None };
        file.move_to(page);
        (page.next.rev < page.head).then_some(Place(file))
    }

    /// Before anything is pushed or pulled the server says whose session it is: rows go to no other person's account, and
    /// come from none.
    async fn checked(&mut self) -> Result<Wire, Failed> {
        let unauthorized = || Failed { failure: Failure::Unauthorized, trouble: None };
        let wire = self.wire.clone().ok_or_else(unauthorized)?;
        if !self.is_checked {
            let owner = &self.app.account().ok_or_else(unauthorized)?.owner;
            if account::is_anothers(&wire.net, &wire.token, owner).await? {
                return Err(unauthorized());
            }
            self.is_checked = true;
        }
        Ok(wire)
    }

    /// The file has changed. After a page that brought nothing, whatever waits for rows waits on.
    async fn applied(&mut self, is_empty_page: bool) {
        match facts(&self.app).await {
            Ok(facts) => {
                if is_empty_page && facts.waiting > 0 {
                    self.trouble_is("it does not send what it said that it has");
                }
                self.on(Event::Applied(facts));
            }
            Err(error) => {
                self.failed_to_store(&error);
                self.on(Event::NotApplied);
            }
        }
    }

    fn not_applied(&mut self, what: &'static str) {
        self.trouble_is(what);
        self.on(Event::NotApplied);
    }

    fn trouble_is(&mut self, what: &'static str) {
        self.report.trouble = self.wire.as_ref().map(|wire| wire.net.is_not(what));
    }

    fn not_read(&mut self, request: RequestId, error: &StorageError) {
        self.failed_to_store(error);
        self.on(Event::Failed { request, failure: Failure::Unreachable });
    }

    fn failed(&mut self, request: RequestId, Failed { failure, trouble }: Failed) {
        match &trouble {
            Some(trouble) => log::info!("sync: {trouble}"),
            None => log::info!("sync: {failure:?}"),
        }
        self.report.trouble = trouble;
        self.on(Event::Failed { request, failure });
    }

    fn failed_to_store(&mut self, error: &StorageError) {
        let detail = error.detail();
        log::error!("sync: {detail}");
        self.report.storage = Some(detail);
    }

    fn may_start_over(&mut self) -> bool {
        let may = self.started_over.is_none_or(|last| last.elapsed() > STARTS_OVER_EVERY);
        if may {
            self.started_over = Some(Instant::now());
        }
        may
    }

    fn on(&mut self, event: Event) {
        if let Event::SignedIn(facts) | Event::Edited(facts) | Event::Applied(facts) = &event {
            self.facts = *facts;
        }
        let now = self.now();
        let effects = self.engine.on(event, now);
        for effect in &effects {
            if let Effect::Notify(status) = effect {
                self.status = *status;
                self.has_gone |= *status == Status::AccountGone;
            }
        }
        self.effects.extend(effects);
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// What to push next. No more of the outbox is loaded than that.
async fn outgoing(app: &App, batch: Batch) -> Result<Option<(Push, Sent)>, StorageError> {
    let mut reading = app.store().read().await?;
    let mut file = file_of(reading.outline().await?)?;
    let outbox = reading.unsent(batch.most).await?;
    let beyond = reading.sync_counts().await?.unsent.saturating_sub(outbox.len());
    add_loaded(&mut file, Loaded { outbox, base: Vec::new() })?;
    let Some((mut push, sent)) = file.outgoing(batch, clock::moment().timestamp_millis()) else { return Ok(None) };
    push.pending_after = push.pending_after.saturating_add(u64::try_from(beyond).unwrap_or(u64::MAX));
    push.device_name = host::name();
    Ok(Some((push, sent)))
}

/// How far the file has come.
async fn whereabouts(app: &App) -> Result<File, StorageError> {
    Ok(file_at(app.store().read().await?.sync_state().await?)?)
}

async fn facts(app: &App) -> Result<Facts, StorageError> {
    Ok(steps::facts(&app.store().read().await?.sync_counts().await?))
}

/// Whether a reply is one to what was pushed, operation by operation.
fn answers(push: &Push, sent: &Sent, reply: &PushReply) -> bool {
    let is_of = |(asked, answered): (&serde_json::Value, &OpReply)| {
        answered.op.is_none_or(|op| asked["op"].as_str() == Some(op.to_string().as_str()))
    };
    reply.epoch == sent.epoch
        && reply.held.len() == sent.held.len()
        && reply.ops.len() == sent.ops.len()
        && push.ops.iter().zip(&reply.ops).all(is_of)
}

/// The next event; never, where there is no stream.
async fn next(events: &mut Option<Events>) -> Option<Head> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

fn wire(server: &Origin, token: Token) -> Result<Wire, AccountError> {
    Ok(Wire { net: Net::to(server)?, token })
}
