//! When to push, to pull, to wait.
//!
//! The [`Engine`] is a state machine: [`Engine::on`] takes what happened and says what to do. It holds nothing that must not be
//! lost: what waits, and how far the file is pulled, is in the file, and the engine is told by [`Facts`]. So a
//! process may end between any two effects; the next one begins with a new engine on the same file.
//!
//! One request is under way at a time. Each has a number, so that a reply that is late, or comes twice, or belongs to an
//! account that was left meanwhile, is not taken for the one that is waited for.

mod backoff;
mod step;

use weekwise_protocol::sync::{EpochId, Fork, Page, PushReply, Reason, Rev};

use crate::client::Batch;
use backoff::Backoff;

/// A moment on the device's steady clock, in milliseconds since some start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub u64);

/// Numbers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What the file says about what is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Operations that the server does not have.
    pub unsent: usize,
    /// Operations and held rows that the server has, and that were not pulled yet.
    pub waiting: usize,
    /// Held rows that the server does not have.
    pub held: usize,
    /// Whether the last page that was applied reached the head.
    pub complete: bool,
    /// How far the file is pulled.
    pub rev: i64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Someone is signed in; the file is that of the account.
    SignedIn(Facts),
    /// Nobody is signed in any more.
    SignedOut,
    /// An edit was recorded in the file.
    Edited(Facts),
    /// The moment has come that was asked for, or any other.
    Tick,
    /// The network is there.
    Online,
    /// The network is gone.
    Offline,
    /// The device woke up, or the window came to the front.
    Woke,
    /// The server says how far the history reaches.
    Head {
        /// Its last revision.
        rev: i64,
    },
    /// A push was answered.
    Pushed {
        /// Which one.
        request: RequestId,
        /// The answer.
        reply: PushReply,
    },
    /// A pull was answered.
    Pulled {
        /// Which one.
        request: RequestId,
        /// The answer.
        page: Page,
    },
    /// A request failed.
    Failed {
        /// Which one.
        request: RequestId,
        /// How.
        failure: Failure,
    },
    /// What an [`Effect::Apply`] asked for was done, and is on the disk.
    Applied(Facts),
    /// A page could not be applied, for with it the rows are not those of the server: [`PageError::Mismatch`].
    ///
    /// [`PageError::Mismatch`]: crate::client::PageError::Mismatch
    Mismatched,
    /// What an [`Effect::Apply`] asked for could not be done (the disk is full, the page made no sense). It is asked for again.
    NotApplied,
}

/// How a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There was no answer, or one that is none of the server's.
    Unreachable,
    /// The server failed on the request (500).
    Broken,
    /// The server is not there for now (502, 503, 504).
    Unavailable,
    /// Too often; how many milliseconds to wait (429).
    TooMany {
        /// So long.
        wait_ms: u64,
    },
    /// Too much at once (413).
    TooLarge,
    /// Nobody is signed in with that session (401).
    Unauthorized,
    /// The account was deleted (410).
    AccountGone,
    /// This version of Weekwise is too old (426).
    Outdated,
    /// The server is older than this version of Weekwise.
    ServerOutdated,
    /// The server keeps another history (409).
    Resync {
        /// Which one.
        epoch: EpochId,
        /// How far it is known to be the same as the one that was pulled.
        common: Rev,
        /// What it says of the one that was pulled.
        fork: Option<Fork>,
    },
    /// The server could not read the request (400).
    Refused,
}

/// What to do. In the order in which they come, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Push what [`File::outgoing`](crate::client::File::outgoing) says. If there is nothing, that is [`Event::Applied`].
    Push {
        /// Its number.
        request: RequestId,
        /// How much at once.
        batch: Batch,
    },
    /// Pull a page from the file's cursor.
    Pull {
        /// Its number.
        request: RequestId,
    },
    /// Change the file, in one transaction.
    Apply(Apply),
    /// Send [`Event::Tick`] at this moment, and not at an earlier one that was asked for before.
    Schedule {
        /// The moment.
        at: Moment,
    },
    /// Tell the person.
    Notify(Status),
}

/// How the file is to be changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Apply {
    /// [`File::pushed`](crate::client::File::pushed).
    Pushed(PushReply),
    /// [`File::pulled`](crate::client::File::pulled).
    Page(Page),
    /// A snapshot, and then [`File::start_over`](crate::client::File::start_over).
    StartOver {
        /// The epoch; the file's own if there is none.
        epoch: Option<EpochId>,
        /// How far both histories are known to be the same.
        common: Rev,
        /// What the server says of the one that was pulled.
        fork: Option<Fork>,
    },
    /// [`File::set_aside`](crate::client::File::set_aside).
    SetAside(Reason),
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nobody is signed in.
    SignedOut,
    /// Edits wait, rows are still to come, or the server has not answered yet.
    Syncing {
        /// How many.
        waiting: usize,
    },
    /// Everything is on both sides.
    Synced,
    /// The network or the server is not there. It is tried again by itself.
    Offline {
        /// How many edits wait.
        waiting: usize,
    },
    /// The session has ended: the person has to sign in again. Nothing is lost.
    SignInAgain {
        /// How many edits wait.
        waiting: usize,
    },
    /// The account was deleted. The file is a local one from now on.
    AccountGone,
    /// Weekwise has to be updated first.
    Outdated,
    /// The server has to be updated first. It is tried again by itself.
    ServerOutdated,
}

/// The state machine of one device.
#[derive(Debug, Clone)]
pub struct Engine {
    access: Access,
    online: bool,
    contact: Contact,
    facts: Facts,
    /// The head that the server last spoke of.
    head: i64,
    under_way: Option<UnderWay>,
    next_request: u64,
    backoff: Backoff,
    /// When to try again after a failure.
    retry: Option<Moment>,
    /// When to look for news.
    poll: Option<Moment>,
    /// How much to push at once.
    batch: usize,
    /// How often the server failed on the first batch in a row, while it answered pulls.
    broken: u32,
    /// Whether a pull has to be answered before the next push: a server that fails on everything says nothing about a batch.
    probe: bool,
    server_outdated: bool,
    status: Option<Status>,
}

/// Whether requests make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    SignedOut,
    SignedIn,
    Expired,
    Gone,
    Outdated,
}

/// What came of the last request: who tries again is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contact {
    /// There was none since the person signed in.
    Untried,
    /// The server answered, and that was taken in.
    There,
    /// It did not, or not as it should.
    Lost,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnderWay {
    Push(RequestId),
    Pull(RequestId),
    /// What came of a request, with what the file said before; none where it has to be made once more in any case.
    Applying {
        after: Option<Kind>,
        from: Facts,
    },
}

/// The two requests that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Push,
    Pull,
}

impl Engine {
    /// An engine with nobody signed in. `seed` gives its jitter; each process draws it at random.
    pub fn new(seed: u64) -> Self {
        Self {
            access: Access::SignedOut,
            online: true,
            contact: Contact::Untried,
            facts: Facts::default(),
            head: 0,
            under_way: None,
            next_request: 1,
            backoff: Backoff::new(seed),
            retry: None,
            poll: None,
            batch: weekwise_protocol::sync::MAX_OPS,
            broken: 0,
            probe: false,
            server_outdated: false,
            status: None,
        }
    }

    /// Takes in what happened, and says what to do.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.take_in(event, now, &mut effects);
        self.go_on(now, &mut effects);
        effects
    }
}
