//! Asking for the next page while one is applied.

use tokio::task::JoinSet;
use weekwise_protocol::sync::Page;
use weekwise_sync::client::File;

use super::wire::{Failed, Wire};

/// A place in a history from where a page is pulled: a file of which only that is loaded.
#[derive(Clone)]
pub(super) struct Place(pub(super) File);

impl PartialEq for Place {
    fn eq(&self, Self(other): &Self) -> bool {
        let Self(file) = self;
        (file.epoch, file.cursor, &file.trail) == (other.epoch, other.cursor, &other.trail)
    }
}

impl Place {
    pub(super) async fn pull(&self, wire: &Wire) -> Result<Page, Failed> {
        let Self(file) = self;
        wire.pull(file.epoch, file.cursor, &file.trail).await
    }
}

/// A page that comes while the one before it is applied. Who lets go of this lets go of the request.
pub(super) struct Ahead {
    from: Place,
    request: JoinSet<Result<Page, Failed>>,
}

impl Ahead {
    pub(super) fn pull(wire: Wire, from: Place) -> Self {
        let mut request = JoinSet::new();
        let place = from.clone();
        request.spawn(async move { place.pull(&wire).await });
        Self { from, request }
    }

    /// Whether it was asked for from a place.
    pub(super) fn is_from(&self, place: &Place) -> bool {
        self.from == *place
    }

    /// The page, once it is there; none where whoever asked for it came to grief.
    pub(super) async fn page(mut self) -> Option<Result<Page, Failed>> {
        self.request.join_next().await?.ok()
    }
}
