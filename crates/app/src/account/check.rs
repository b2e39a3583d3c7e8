//! Whether somebody can sign in at a server, before anything is told to it.

use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;
use tokio::time::timeout;
use weekwise_protocol::sync::{PROTO, Refusal};

use super::Origin;
use crate::net::{Net, Trouble};

/// The most bytes of an answer.
const MOST: usize = 64 * 1024;
/// Somebody waits at a dialog.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a server is none to sign in at.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unsuitable {
    /// There was no answer that could be one of Weekwise's.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// It serves weeks to the web client alone.
    #[error("{server} has no sync: the server has to be updated")]
    NoSync {
        /// The server.
        server: String,
    },
    /// It speaks only later versions of the protocol.
    #[error("{server} no longer speaks with this version of Weekwise: update Weekwise")]
    Outdated {
        /// The server.
        server: String,
    },
    /// It speaks only earlier versions of the protocol.
    #[error("{server} is older than this version of Weekwise: the server has to be updated")]
    ServerOutdated {
        /// The server.
        server: String,
    },
    /// It is a Weekwise, perhaps, but cannot do its work.
    #[error("{server} is out of order just now: try again later")]
    OutOfOrder {
        /// The server.
        server: String,
    },
    /// It was asked too often.
    #[error("{server} was asked too often from here: try again in a while")]
    TooOften {
        /// The server.
        server: String,
    },
}

/// Looks whether a server is there, is Weekwise, and has a sync that this version speaks. It is told nothing of anybody.
///
/// # Errors
/// Why it is not.
pub async fn check_server(origin: &Origin) -> Result<(), Unsuitable> {
    let late = || Trouble::Unreachable { server: origin.to_string(), why: "it takes too long".to_owned() };
    timeout(PATIENCE, check(origin)).await.unwrap_or_else(|_| Err(late().into()))
}

async fn check(origin: &Origin) -> Result<(), Unsuitable> {
    let (net, server) = (Net::to(origin)?, origin.to_string());
    let query = [("proto", PROTO.to_string()), ("since", "0".to_owned())];
    let answer = net.get_openly("/v1/sync/pull", &query, MOST).await?;
    match (answer.status, answer.json::<Refusal>()) {
        // It wants to know who asks: so it would answer.
        (401, Some(Refusal::Unauthorized)) => Ok(()),
        (426, Some(Refusal::Update { .. })) => Err(Unsuitable::Outdated { server }),
        (400, Some(Refusal::Newer { .. })) => Err(Unsuitable::ServerOutdated { server }),
        // Proxies say these as well, in their own words.
        (429, _) => Err(Unsuitable::TooOften { server }),
        (500.., _) => Err(Unsuitable::OutOfOrder { server }),
        (404, _) if is_healthy(&net).await? => Err(Unsuitable::NoSync { server }),
        (404, _) => Err(net.is_not("it has no sync").into()),
        _ => Err(net.is_not(answer.what()).into()),
    }
}

/// Whether it has the one other route that is open to all, which the server before this one has too.
async fn is_healthy(net: &Net) -> Result<bool, Trouble> {
    #[derive(Deserialize)]
    struct Health {
        status: String,
    }
    let nothing: [(&str, &str); 0] = [];
    let health: Option<Health> = net.get_openly("/health", &nothing, MOST).await?.json();
    Ok(health.is_some_and(|it| it.status == "healthy"))
}
