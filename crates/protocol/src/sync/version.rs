//! Which writes stand behind a register's value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EpochId, Fork, Rev};

/// What a value comes after: for each epoch, the last revision of the register that the value has taken into account.
///
/// As long as no database is restored there is one epoch, and this is the revision at which the register was written. A
/// value that a device brings back after a restore keeps its version of the lost epoch, so it can be told whether it is
/// older than what the server has, newer, or neither.
///
/// ```
/// use weekwise_protocol::sync::{EpochId, Rev, Version};
///
/// let [lost, new] = [1, 2].map(|n| EpochId(uuid::Uuid::from_u128(n)));
/// let on_the_device = Version::at(lost, Rev(130));
/// let in_the_backup = Version::at(lost, Rev(60));
/// assert!(on_the_device.covers(&in_the_backup));
///
/// let mut written_since = in_the_backup.clone();
/// written_since.set(new, Rev(101));
/// assert!(!on_the_device.covers(&written_since) && !written_since.covers(&on_the_device));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(BTreeMap<EpochId, Rev>);

impl Version {
    /// The version of a register that was written at `rev` of `epoch`, after nothing else.
    pub fn at(epoch: EpochId, rev: Rev) -> Self {
        Self(BTreeMap::from([(epoch, rev)]))
    }

    /// Whether it comes after nothing: the version of a register that was never written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything that `other` takes into account is taken into account here.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|(epoch, rev)| self.rev_in(*epoch) >= *rev)
    }

    /// The last revision of an epoch that is taken into account; 0 if there is none.
    pub fn rev_in(&self, epoch: EpochId) -> Rev {
        self.0.get(&epoch).copied().unwrap_or_default()
    }

    /// Takes into account what `other` does.
    pub fn join(&mut self, other: &Self) {
        for (epoch, rev) in &other.0 {
            let own = self.0.entry(*epoch).or_default();
            *own = (*own).max(*rev);
        }
    }

    /// Sets the revision of an epoch.
    pub fn set(&mut self, epoch: EpochId, rev: Rev) {
        self.0.insert(epoch, rev);
    }

    /// Takes nothing of an epoch into account any more.
    pub fn forget(&mut self, epoch: EpochId) {
        self.0.remove(&epoch);
    }

    /// Counts what lies after a fork of `epoch` to another one.
    pub fn relabel(&mut self, epoch: EpochId, fork: Fork) {
        let rev = self.rev_in(epoch);
        if rev > fork.after {
            self.set(fork.into, rev);
            if fork.after > Rev::ZERO { self.set(epoch, fork.after) } else { self.forget(epoch) }
        }
    }

    /// The epochs with their revisions.
    pub fn iter(&self) -> impl Iterator<Item = (EpochId, Rev)> {
        self.0.iter().map(|(epoch, rev)| (*epoch, *rev))
    }

    /// The revision, if it is one of `epoch` and nothing else is taken into account.
    pub fn only_in(&self, epoch: EpochId) -> Option<Rev> {
        (self.0.len() == 1).then(|| self.0.get(&epoch).copied()).flatten()
    }
}
