//! The handlers of the window's calls, made from the protocol's list: a call without a method of
//! the same name, or whose method has another reply, does not compile.

use tauri::{State, ipc::Invoke};
// Every request and reply of the list.
use weekwise_protocol::*;

use crate::shell::Shell;

macro_rules! handle {
    (app, $name:ident, $shell:ident, $request:ident) => {
        $shell.device().app().await?.$name($request).await
    };
    (device, $name:ident, $shell:ident, $request:ident) => {
        $shell.device().$name($request).await
    };
    (shell, $name:ident, $shell:ident, $request:ident) => {
        $shell.$name($request).await
    };
}

macro_rules! commands {
    ($($(#[$doc:meta])* $whose:ident $name:ident($request:ty) -> $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            async fn $name(shell: State<'_, Shell>, request: $request) -> Result<$reply, Failure> {
                let reply: Result<$reply, Failure> = handle!($whose, $name, shell, request);
                if let Err(failure @ (Failure::Storage { .. } | Failure::System { .. })) = &reply {
                    log::error!("{}: {failure}", stringify!($name));
                }
                reply
            }
        )*

        /// Hands each call to its handler.
        pub(crate) fn handler() -> impl Fn(Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }
    };
}
weekwise_protocol::for_each_call!(commands);
