//! One push of a person at a time in each process.
//!
//! Pushes of a person go one after the other in any case, under the lock of the head row. Who waits for it holds a connection to
//! Postgres, of which there are few: the devices of one person could keep all of them. So they wait here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::UserId;

/// Persons that are remembered before those are forgotten who have no push under way.
const PERSONS: usize = 1_000;

/// Whose turn it is.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<UserId, Weak<Turn<()>>>>>);

impl Turns {
    /// Waits until no other push of the person is under way; none is until what is returned is dropped.
    pub(super) async fn take(&self, user: &UserId) -> OwnedMutexGuard<()> {
        self.of(user).lock_owned().await
    }

    fn of(&self, user: &UserId) -> Arc<Turn<()>> {
        // Nothing that could panic happens while it is held.
        let mut persons = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = persons.get(user).and_then(Weak::upgrade) {
            return turn;
        }
        if persons.len() >= PERSONS {
            persons.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        persons.insert(user.clone(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn one_waits_for_the_other_and_for_nobody_else() {
        let turns = Turns::default();
        let [ada, bob] = ["ada", "bob"].map(|name| UserId::from(name.to_owned()));
        let first = turns.take(&ada).await;
        assert!(turns.take(&ada).now_or_never().is_none());
        assert!(turns.take(&bob).now_or_never().is_some());
        drop(first);
        assert!(turns.take(&ada).now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_is_done_is_forgotten() {
        let turns = Turns::default();
        let ada = UserId::from("ada".to_owned());
        let under_way = turns.take(&ada).await;
        for n in 0..3 * PERSONS {
            turns.take(&UserId::from(n.to_string())).await;
        }
        assert!(turns.0.lock().unwrap().len() <= PERSONS);
        assert!(turns.take(&ada).now_or_never().is_none(), "she is not done");
        drop(under_way);
    }
}
