//! The handlers of the window's calls, made from the protocol's list: a call without a method of
//! the same name, or whose method has another reply, does not compile.

use tauri::{State, ipc::Invoke};
// Every request and reply of the list.
use weekwise_protocol::*;

use crate::shell::Shell;

macro_rules! handle {
    // These two concern folders of the system, so the shell does them itself.
    (open_data_folder, $shell:ident, $request:ident) => {
        $shell.open_data_folder($request).await
    };
    (export, $shell:ident, $request:ident) => {
        $shell.export($request).await
    };
    ($name:ident, $shell:ident, $request:ident) => {
        $shell.app().await?.$name($request).await
    };
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            async fn $name(shell: State<'_, Shell>, request: $request) -> Result<$reply, Failure> {
                let reply: Result<$reply, Failure> = handle!($name, shell, request);
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
