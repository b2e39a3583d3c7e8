//! The system's keyring, for real: GNOME's on a message bus of its own, and everything that can be wrong with it.
//!
//! Which bus a process has is in its environment, so whatever asks the keyring here is a process of its own. This program is
//! that process as well: with `WEEKWISE_CHILD` in its environment it does with the real application what it is told
//! (`child.rs`). So it has a `main` of its own, and runs its tests with libtest's double. Only Linux has such a bus.

#![allow(missing_docs, clippy::unwrap_used)]

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
#[path = "../../../../tests/support/server.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
pub(crate) mod server;
#[cfg(target_os = "linux")]
mod tests;

#[cfg(target_os = "linux")]
fn main() {
    use libtest_mimic::{Arguments, Trial};

    if std::env::var_os(child::VARIABLE).is_some() {
        return child::play();
    }
    let tests: [(&str, fn()); 8] = [
        ("a_session_is_stored_read_and_deleted", tests::stored_read_and_deleted),
        ("a_new_password_puts_the_new_session_into_the_keyring", tests::replaced),
        ("a_locked_keyring_is_told_and_the_session_moves_in_later", tests::locked),
        ("without_a_keyring_the_session_is_in_memory_alone", tests::absent),
        ("a_keyring_that_was_never_set_up_is_told", tests::not_set_up),
        ("a_program_that_is_no_keyring_is_told", tests::refused),
        ("a_silent_keyring_is_not_waited_for", tests::silent),
        ("what_nobody_waited_for_does_not_stay_in_the_keyring", tests::taken_back),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
