//! The server's events: how far the history reaches, as soon as it reaches further.

use std::{pin::Pin, time::Duration};

use futures_util::{Stream, StreamExt as _};
use weekwise_protocol::sync::Head;

use super::wire::Wire;
use crate::net::Trouble;

/// The longest line that is an event's. Longer ones are none of ours.
const LONGEST: usize = 4096;
/// How long a stream may last. The server ends it before.
const LASTS: Duration = Duration::from_secs(11 * 60);

type Parts = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Trouble>> + Send>>;

/// A stream of events.
pub(super) struct Events {
    parts: Parts,
    text: Vec<u8>,
}

impl Events {
    /// Opens one; none where the session has ended, or the account is gone.
    pub(super) async fn open(wire: &Wire) -> Result<Option<Self>, Trouble> {
        let parts = wire.net.stream("/v1/sync/events", &wire.token, LASTS).await?;
        Ok(parts.map(|parts| Self { parts: Box::pin(parts), text: Vec::new() }))
    }

    /// The next one; none when the stream has ended. It can be given up and asked for again.
    pub(super) async fn next(&mut self) -> Option<Head> {
        loop {
            while let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.text.drain(..=end).collect();
                let data = line.strip_prefix(b"data:");
                if let Some(head) = data.and_then(|data| serde_json::from_slice(data).ok()) {
                    return Some(head);
                }
            }
            if self.text.len() > LONGEST {
                return None;
            }
            self.text.extend(self.parts.next().await?.ok()?);
        }
    }
}
