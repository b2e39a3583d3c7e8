//! Who listens for what happens to their history, in this process.
//!
//! The heads of those who listen are asked for twice a second, all in one statement, whichever process wrote. What this process writes
//! itself is told at once.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::Utc;
use sqlx::PgPool;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;
use weekwise_protocol::sync::{EpochId, Head, Rev};

use crate::{UserId, auth::TokenHash, db::session};

/// How often the database is asked.
const EVERY: Duration = Duration::from_millis(500);
/// The most streams of one person in one process.
const STREAMS: usize = 5;

/// All who listen.
#[derive(Clone, Default)]
pub struct Hub(Arc<Mutex<Listeners>>);

#[derive(Default)]
struct Listeners {
    of: HashMap<u64, Listener>,
    next: u64,
    /// Whether a task asks the database.
    is_asking: bool,
    /// Whether the process ends: then nobody listens any more.
    is_closed: bool,
}

struct Listener {
    user: UserId,
    token: TokenHash,
    heads: watch::Sender<Head>,
}

/// One who listens, as long as this is there.
pub(super) struct Listening {
    hub: Hub,
    number: u64,
    heads: watch::Receiver<Head>,
}

impl Listening {
    /// Waits until the history reaches further; none when there is nothing to wait for any more.
    pub(super) async fn changed(&mut self) -> Option<()> {
        self.heads.changed().await.ok()
    }

    /// How far it reaches.
    pub(super) fn head(&mut self) -> Head {
        *self.heads.borrow_and_update()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.lock().of.remove(&self.number);
    }
}

impl Hub {
    /// Begins to listen from `head` on; none where the person has as many streams as they may, or the process ends.
    pub(super) fn listen(&self, pool: &PgPool, user: UserId, token: TokenHash, head: Head) -> Option<Listening> {
        let mut listeners = self.lock();
        let streams = listeners.of.values().filter(|listener| listener.user == user).count();
        if listeners.is_closed || streams >= STREAMS {
            return None;
        }
        let (sender, heads) = watch::channel(head);
        let number = listeners.next;
        listeners.next += 1;
        listeners.of.insert(number, Listener { user, token, heads: sender });
        if !std::mem::replace(&mut listeners.is_asking, true) {
            tokio::spawn(self.clone().ask(pool.clone()));
        }
        Some(Listening { hub: self.clone(), number, heads })
    }

    /// Tells those who listen for a user how far the history reaches.
    pub(super) fn tell(&self, user: &UserId, head: Head) {
        for listener in self.lock().of.values().filter(|listener| listener.user == *user) {
            listener.heads.send_if_modified(|known| {
                // What was read before may be told after.
                let is_news = known.epoch != head.epoch || known.head < head.head;
                *known = if is_news { head } else { *known };
                is_news
            });
        }
    }

    /// Ends all streams.
    pub fn close(&self) {
        let mut listeners = self.lock();
        listeners.is_closed = true;
        listeners.of.clear();
    }

    /// Asks as long as somebody listens.
    async fn ask(self, pool: PgPool) {
        let mut turn = interval(EVERY);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            let (users, tokens) = {
                let mut listeners = self.lock();
                if listeners.of.is_empty() {
                    listeners.is_asking = false;
                    return;
                }
                let users: HashSet<UserId> = listeners.of.values().map(|it| it.user.clone()).collect();
                (users, listeners.of.values().map(|it| it.token.clone()).collect::<Vec<_>>())
            };
            let told = async {
                for (user, head) in heads(&pool, &users).await? {
                    self.tell(&user, head);
                }
                let good = session::good(&pool, &tokens, Utc::now().into()).await?;
                let asked: HashSet<&str> = tokens.iter().map(TokenHash::as_str).collect();
                // One that came meanwhile was not asked for.
                let is_good = |it: &str| good.contains(it) || !asked.contains(it);
                self.lock().of.retain(|_, it| is_good(it.token.as_str()));
                Ok::<(), sqlx::Error>(())
            };
            if let Err(error) = told.await {
                tracing::warn!("those who listen were not told anything: {error}");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        // Nothing that could panic happens while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn heads(pool: &PgPool, users: &HashSet<UserId>) -> sqlx::Result<Vec<(UserId, Head)>> {
    const HEADS: &str = "SELECT user_id, rev, coalesce(CASE WHEN head.epoch_number = last.number THEN head.epoch END, last.id) \
        FROM head, (SELECT number, id FROM epoch ORDER BY number DESC LIMIT 1) last WHERE user_id = ANY($1)";
    let users: Vec<&str> = users.iter().map(UserId::as_str).collect();
    let rows: Vec<(UserId, i64, Uuid)> = sqlx::query_as(HEADS).bind(users).fetch_all(pool).await?;
    let head = |(user, rev, epoch)| (user, Head { epoch: EpochId(epoch), head: Rev(rev) });
    Ok(rows.into_iter().map(head).collect())
}
