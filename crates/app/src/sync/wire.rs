//! The requests of `docs/wire/sync.md`, and what becomes of whatever answers them.

use weekwise_protocol::sync::{
    Devices, EpochId, MAX_PAGE_BYTES, MAX_PAGE_ROWS, PROTO, Page, Point, Push, PushReply, Refusal, Rev,
};
use weekwise_sync::engine::Failure;

use crate::{
    account::Token,
    net::{Answer, Net},
};

pub use crate::net::Trouble;

/// The most bytes of a page: its rows, and the rest of it.
const MOST_OF_PAGE: usize = MAX_PAGE_BYTES + 64 * 1024;
/// The most bytes of the reply to a push.
const MOST_OF_REPLY: usize = 1024 * 1024;
/// How long a server that says nothing of it is left alone after it said "too often".
const TOO_MANY_WAITS_S: u64 = 10;

/// Why a request came to nothing: for the engine, and in words where there are some.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    pub(super) trouble: Option<Trouble>,
}

/// The routes of sync, for whose session it is.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) net: Net,
    pub(super) token: Token,
}

impl Wire {
    /// Pulls a page.
    pub(super) async fn pull(&self, epoch: Option<EpochId>, since: Rev, trail: &[Point]) -> Result<Page, Failed> {
        let mut query = vec![("proto", PROTO.to_string()), ("since", since.to_string())];
        query.push(("limit", MAX_PAGE_ROWS.to_string()));
        query.extend(epoch.map(|epoch| ("epoch", epoch.to_string())));
        if !trail.is_empty() {
            query.push(("trail", trail.iter().map(written).collect::<Vec<_>>().join(",")));
        }
        let answer = self.net.get("/v1/sync/pull", &query, &self.token, MOST_OF_PAGE).await?;
        self.read(&answer)
    }

    /// Pushes.
    pub(super) async fn push(&self, push: &Push) -> Result<PushReply, Failed> {
        let answer = self.net.post("/v1/sync/push", push, Some(&self.token), MOST_OF_REPLY).await?;
        self.read(&answer)
    }

    /// Asks for the person's devices.
    pub(super) async fn devices(&self) -> Result<Devices, Failed> {
        let nothing: [(&str, &str); 0] = [];
        let answer = self.net.get("/v1/sync/devices", &nothing, &self.token, MOST_OF_REPLY).await?;
        self.read(&answer)
    }

    fn read<T: serde::de::DeserializeOwned>(&self, answer: &Answer) -> Result<T, Failed> {
        if answer.status == 200 {
            return answer.json().ok_or_else(|| self.not_ours(answer));
        }
        let failure = match (answer.status, answer.json::<Refusal>()) {
            (401, Some(Refusal::Unauthorized)) => Failure::Unauthorized,
            (410, Some(Refusal::AccountGone)) => Failure::AccountGone,
            (426, Some(Refusal::Update { .. })) => Failure::Outdated,
            (409, Some(Refusal::Resync { epoch, common, fork })) => Failure::Resync { epoch, common, fork },
            (400, Some(Refusal::Newer { .. })) => Failure::ServerOutdated,
            (400, Some(Refusal::Malformed { .. })) => Failure::Refused,
            // Proxies say these three as well, in their own words.
            (413, _) => Failure::TooLarge,
            (429, _) => {
                let seconds = answer.retry_after.unwrap_or(TOO_MANY_WAITS_S);
                Failure::TooMany { wait_ms: seconds.saturating_mul(1000) }
            }
            (502..=504, _) => Failure::Unavailable,
            (500.., Some(_)) => Failure::Broken,
            (500.., None) => Failure::Unavailable,
            _ => return Err(self.not_ours(answer)),
        };
        Err(Failed { failure, trouble: None })
    }

    /// What is not the server's own word tells nothing about the session, or the account.
    fn not_ours(&self, answer: &Answer) -> Failed {
        let what = if answer.status == 404 { "it has no sync" } else { answer.what() };
        self.net.is_not(what).into()
    }
}

/// A point as a query has it. The one that ends a history, after which those before it come, has no mark.
fn written(point: &Point) -> String {
    match point.mark {
        Some(mark) => format!("{}.{mark}", point.rev),
        None => point.rev.to_string(),
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self { failure: Failure::Unreachable, trouble: Some(trouble) }
    }
}
