//! The Weekwise interface: a Yew application that runs in the shell's window.
//!
//! `state` is what the window shows and every way in which that changes (pure); `session` is what a person can
//! do; `features` are the places where they do it; `ipc` is the only caller of the shell. Rules of
//! the week are not here but in `weekwise-domain`, which this crate shares with the shell.
//!
//! What it deliberately is not: it stores nothing, reads no clock, and reaches no network.

// In a binary, `pub` tells what a file offers to the others; that none of it is reachable from outside is plain.
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![expect(unreachable_pub, reason = "a binary has no outside")]

mod app;
mod components;
mod features;
mod ipc;
mod session;
mod state;
mod texts;
mod words;

fn main() {
    yew::Renderer::<app::App>::new().render();
}
