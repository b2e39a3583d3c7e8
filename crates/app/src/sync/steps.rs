//! The steps of sync on a file of an account, each one transaction.

use weekwise_protocol::sync::{EpochId, Fork, Page, PushReply, Reason, Rev, RowKey};
use weekwise_storage::{Moment, StorageError, SyncCounts, Waiting};
use weekwise_sync::{
    client::{File, PageError, Sent},
    engine::{Apply, Facts},
};

use super::part::{About, Part, Store};

/// Shows anew what the server's rows and what is pending come to.
pub(crate) async fn refresh(store: &weekwise_storage::Store, now: Moment) -> Result<(), StorageError> {
    let about = About { everything: true, ..About::default() };
    store.step(&mut Part::new(about, |_| ((), Store::View)), now).await
}

/// What became of a page.
pub(super) enum Applied {
    /// It is applied, and on the disk.
    Done,
    /// With it the rows are not those of the server.
    Mismatched,
    /// It makes no sense, or is not the one that was asked for; why.
    Refused(PageError),
}

/// Does what the engine says. `sent` is what the reply is to.
pub(super) async fn apply(
    store: &weekwise_storage::Store,
    apply: Apply,
    sent: Option<Sent>,
    now: Moment,
) -> Result<Applied, StorageError> {
    match apply {
        Apply::Page(page) => return pulled(store, &page, now).await,
        Apply::Pushed(reply) => {
            if let Some(sent) = sent {
                pushed(store, &sent, &reply, now).await?;
            }
        }
        Apply::StartOver { epoch, common, fork } => {
            store.snapshot_before_resync(now).await?;
            start_over(store, epoch, (common, fork), now).await?;
        }
        Apply::SetAside(reason) => set_aside(store, reason, now).await?,
    }
    Ok(Applied::Done)
}

async fn pulled(store: &weekwise_storage::Store, page: &Page, now: Moment) -> Result<Applied, StorageError> {
    let mut step = Part::new(about_page(page), |file: &mut File| {
        let pulled = file.pulled(page);
        let store = if pulled.is_ok() { Store::Changes } else { Store::Nothing };
        (pulled, store)
    });
    store.step(&mut step, now).await?;
    Ok(match step.outcome() {
        None | Some(Ok(())) => Applied::Done,
        Some(Err(PageError::Mismatch)) => Applied::Mismatched,
        Some(Err(error)) => Applied::Refused(error),
    })
}

/// Its rows, all segments of the series that schedules among them are or were in, and the operations that may leave the outbox with it.
fn about_page(page: &Page) -> About {
    let mut about = About { waiting: Waiting::Taken, ..About::default() };
    for row in &page.rows {
        if let RowKey::Tombstone(id) = row.key {
            about.keys.insert(id.into());
        }
        about.keys.insert(row.key.clone());
        if !matches!(row.key, RowKey::Exception(_)) {
            about.segments.extend(super::rows::series_of(&row.key, row));
        }
    }
    about
}

async fn pushed(
    store: &weekwise_storage::Store,
    sent: &Sent,
    reply: &PushReply,
    now: Moment,
) -> Result<(), StorageError> {
    let places = sent.ops.iter().filter_map(|seq| i64::try_from(seq.0).ok());
    let about = About { waiting: Waiting::These(places.collect()), ..About::default() };
    let act = |file: &mut File| (file.pushed(sent, reply), Store::Changes);
    store.step(&mut Part::new(about, act), now).await
}

async fn start_over(
    store: &weekwise_storage::Store,
    epoch: Option<EpochId>,
    (common, fork): (Rev, Option<Fork>),
    now: Moment,
) -> Result<(), StorageError> {
    let about = About { everything: true, ..About::default() };
    let act = |file: &mut File| match epoch.or(file.epoch) {
        Some(epoch) => (file.start_over(epoch, common, fork), Store::Changes),
        None => ((), Store::Nothing),
    };
    store.step(&mut Part::new(about, act), now).await
}

async fn set_aside(store: &weekwise_storage::Store, reason: Reason, now: Moment) -> Result<(), StorageError> {
    let about = About { waiting: Waiting::All, ..About::default() };
    let act = |file: &mut File| (file.set_aside(reason), Store::Changes);
    store.step(&mut Part::new(about, act), now).await
}

/// What the engine is told of a file.
pub(super) fn facts(counts: &SyncCounts) -> Facts {
    let SyncCounts { state, unsent, waiting, held } = counts;
    let known: Vec<(String, i64)> = known(&state.known);
    let complete = state
        .epoch
        .as_ref()
        .is_some_and(|epoch| known.iter().any(|(known, rev)| known == epoch && *rev == state.cursor));
    Facts { unsent: *unsent, waiting: *waiting, held: *held, complete, rev: state.cursor }
}

fn known(text: &str) -> Vec<(String, i64)> {
    let known: weekwise_protocol::sync::Version = serde_json::from_str(text).unwrap_or_default();
    known.iter().map(|(epoch, rev)| (epoch.to_string(), rev.0)).collect()
}
