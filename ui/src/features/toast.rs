//! The message at the foot of the window: what was just done, and the way back.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::components::{Icon, IconButton};
use crate::session::use_session;
use crate::state::{Action, ToastAction};

/// How long it stays, in milliseconds. Undo stays at hand in the header and on Ctrl+Z.
const STAYS: u32 = 10_000;

/// The message.
#[component]
pub fn ToastView() -> Html {
    let session = use_session();
    let is_held = use_state_eq(|| false);
    let toast = session.toast.clone();
    let serial = toast.as_ref().map(|toast| toast.serial);
    use_effect_with((serial, *is_held), {
        let session = session.clone();
        move |(serial, is_held): &(Option<u32>, bool)| {
            let serial = serial.filter(|_| !*is_held);
            let timeout = serial.map(|serial| Timeout::new(STAYS, move || session.dispatch(Action::ToastDone(serial))));
            move || drop(timeout)
        }
    });
    let hold = |held: bool| {
        let is_held = is_held.clone();
        move |_| is_held.set(held)
    };
    let (enter, leave) = (hold(true), hold(false));
    let (focus, blur) = {
        let is_held = is_held.clone();
        let other = is_held.clone();
        (move |_: FocusEvent| is_held.set(true), move |_: FocusEvent| other.set(false))
    };
    html! {
        <div class="toast-place" role="status" aria-live="polite">
            if let Some(toast) = toast {
                <div class="toast" onmouseenter={enter} onmouseleave={leave} onfocusin={focus} onfocusout={blur}>
                    <span>{&toast.text}</span>
                    if let Some(action) = toast.action {
                        <button type="button" class="toast-action" onclick={
                            let session = session.clone();
                            move |_| match action {
                                ToastAction::Undo(step) => session.undo(Some(step)),
                                ToastAction::Redo => session.redo(),
                            }
                        }>{session.texts().get(match action { ToastAction::Undo(_) => "toast-undo", ToastAction::Redo => "toast-redo" })}</button>
                    }
                    <IconButton icon={Icon::Close} label={session.texts().get("toast-dismiss")} onclick={
                        let session = session.clone();
                        move |()| session.dispatch(Action::ToastDone(toast.serial))
                    } />
                </div>
            }
        </div>
    }
}
