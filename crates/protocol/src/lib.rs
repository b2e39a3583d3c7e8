//! The typed calls between the interface and its shell, written once for both sides.
//!
//! [`for_each_call!`] is the one list: it gives every call its type, the shell its handlers, and
//! the build its list of permitted commands. A handler that is missing, or whose reply has the wrong type,
//! does not compile.
//!
//! Enums of this crate are tagged from outside, as serde does by itself: to read those that are tagged within takes
//! 12 kB more of the compressed interface.
//!
//! [`sync`] is the other wire: what devices and the server say to each other.
//!
//! What it deliberately is not: it neither calls nor handles anything, and holds no rule of the
//! week model (those are in `weekwise-domain`) nor of merging (those are in `weekwise-sync`).

mod account;
mod changes;
mod failure;
mod notice;
pub mod sync;
mod view;

pub use account::{
    AccountFailure, AccountInfo, AccountsView, Apart, BroughtAlong, KeyringFault, SessionKept, SignedIn,
    SignedInDevice, SignedOut, SyncState, SyncView,
};
pub use changes::{
    Arrival, ArrivalId, ArrivalStanding, Author, Both, Changes, Conflict, Difference, DismissRejected, Field, KeepThis,
    ListChanges, Overlap, OverlapSide, RejectedEdit, RejectedId, Rejection, RetryRejected, SeeChanges, SlotName,
    TakeBack, UseOther, What, WithoutEffect,
};
pub use failure::{Failure, FileProblem, StorageFault};
pub use notice::Notice;
pub use view::{
    About, Block, Edited, Exported, History, ImportText, LedgerEntry, Now, OverlapWarning, Preferences, Previewed,
    SlotRequest, SlotView, SnapshotInfo, Standing, Step, StepId, SystemDefaults, TrashedSeries, Undone, Week,
    WeekRequest, WeekView, WeeksRequest,
};

use serde::{Serialize, de::DeserializeOwned};

/// A call that the interface makes: its request is the implementing type.
pub trait Call: Serialize + DeserializeOwned {
    /// The command's name.
    const NAME: &'static str;
    /// What it answers with; any call may fail with a [`Failure`] instead.
    type Reply: Serialize + DeserializeOwned;
}

/// Hands the list of calls, as `whose name(Request) -> Reply;` lines, to the macro named. `whose` says what has the method of
/// that name: the application with the week that is open (`app`), this device with its accounts (`device`), or the shell
/// itself (`shell`).
#[macro_export]
macro_rules! for_each_call {
    ($callback:path) => {
        $callback! {
            /// A week with everything that its view shows.
            app week(WeekRequest) -> WeekView;
            /// Weeks to add to those that stand one under another.
            app weeks(WeeksRequest) -> Vec<Week>;
            /// One slot on one date, with its whole series, for the inspector.
            app slot(SlotRequest) -> SlotView;
            /// What an edit would come to; changes nothing.
            app preview(PreviewEdit) -> Previewed;
            /// Does an edit.
            app edit(DoEdit) -> Edited;
            /// Takes an edit back.
            app undo(Undo) -> Undone;
            /// Does again what was undone last.
            app redo(Redo) -> Undone;
            /// The series in the trash.
            app trash(ListTrash) -> Vec<TrashedSeries>;
            /// Reads a file's text in.
            app import(ImportText) -> Edited;
            /// Writes everything to a file among the person's downloads.
            shell export(ExportFile) -> Exported;
            /// The names of the time zones that can be set.
            app time_zones(ListTimeZones) -> Vec<String>;
            /// Where the data lies, and how it is kept.
            app about(AskAbout) -> About;
            /// Opens the data folder in the system's file manager.
            shell open_data_folder(OpenDataFolder) -> ();
            /// The accounts on this device.
            device accounts(ListAccounts) -> AccountsView;
            /// How sync stands.
            device sync_state(AskSync) -> SyncView;
            /// Looks for what is new at once.
            device sync_now(SyncNow) -> ();
            /// Makes an account, and shows it.
            device sign_up(SignUp) -> SignedIn;
            /// Signs in with an account, and shows it.
            device sign_in(SignIn) -> SignedIn;
            /// Signs out of the account that is shown.
            device sign_out(SignOut) -> SignedOut;
            /// Shows the week of another account, or the one that is on this device alone.
            device show_account(ShowAccount) -> ();
            /// Keeps the session elsewhere.
            device keep_session(KeepSession) -> ();
            /// Changes the password.
            device change_password(ChangePassword) -> ();
            /// Where the person is signed in.
            device devices(ListDevices) -> Vec<SignedInDevice>;
            /// Signs a device out.
            device end_device(EndDevice) -> ();
            /// Deletes the account on the server.
            device delete_account(DeleteAccount) -> ();
            /// Brings what is on this device alone into the account.
            device bring_along(BringAlong) -> BroughtAlong;
            /// What sync did, and what of it wants a person.
            app changes(ListChanges) -> Changes;
            /// Notes what of it was looked at.
            app see_changes(SeeChanges) -> ();
            /// Takes back what came from another device.
            app take_back(TakeBack) -> Edited;
            /// Lets the version that lost take the place of the other.
            app use_other(UseOther) -> Edited;
            /// Leaves the version that holds.
            app keep_this(KeepThis) -> Edited;
            /// Does again what the server did not take.
            app retry_rejected(RetryRejected) -> Edited;
            /// Gives up what the server did not take.
            app dismiss_rejected(DismissRejected) -> Edited;
        }
    };
}

macro_rules! define_calls {
    ($($(#[$doc:meta])* $whose:ident $name:ident($request:ty) -> $reply:ty;)*) => {
        /// The names of all calls.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(
            impl Call for $request {
                const NAME: &'static str = stringify!($name);
                type Reply = $reply;
            }
        )*
    };
}
for_each_call!(define_calls);

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident $body:tt)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub struct $name $body
        )*
    };
}
requests! {
    /// Asks what an edit would come to.
    PreviewEdit {
        /// The edit.
        pub request: weekwise_domain::Request,
    }
    /// Asks for an edit to be done.
    DoEdit {
        /// The edit.
        pub request: weekwise_domain::Request,
    }
    /// Asks for an edit to be taken back.
    Undo {
        /// Which one; none is the last.
        pub step: Option<StepId>,
    }
    /// Asks for the last undone edit to be done again.
    Redo {}
    /// Asks for the series in the trash.
    ListTrash {}
    /// Asks for a file with everything in it.
    ExportFile {}
    /// Asks for the time zones.
    ListTimeZones {}
    /// Asks about the program and its data.
    AskAbout {}
    /// Asks for the data folder to be shown.
    OpenDataFolder {}
    /// Asks for the accounts.
    ListAccounts {}
    /// Asks how sync stands.
    AskSync {}
    /// Asks for sync to look for what is new.
    SyncNow {}
    /// Asks to be signed out.
    SignOut {}
    /// Asks for an account to be shown.
    ShowAccount {
        /// Which one; none is the week that is on this device alone.
        pub account: Option<uuid::Uuid>,
    }
    /// Asks for the session of the account that is shown to be kept elsewhere.
    KeepSession {
        /// Whether in a file, not encrypted, in place of the keyring.
        pub in_file: bool,
    }
    /// Asks where the person is signed in.
    ListDevices {}
    /// Asks for a device to be signed out.
    EndDevice {
        /// Its [`SignedInDevice::id`].
        pub id: String,
    }
    /// Asks for what is on this device alone to be brought into the account.
    BringAlong {}
}

macro_rules! secret_requests {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

            impl std::fmt::Debug for $name {
                /// Without the password.
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(stringify!($name)).finish_non_exhaustive()
                }
            }
        )*
    };
}
secret_requests! {
    /// Asks for an account to be made.
    SignUp {
        /// The server.
        server: String,
        /// The person's name.
        name: String,
        /// The e-mail address.
        email: String,
        /// The password.
        password: String,
    }
    /// Asks to be signed in.
    SignIn {
        /// The server.
        server: String,
        /// The e-mail address.
        email: String,
        /// The password.
        password: String,
    }
    /// Asks for another password.
    ChangePassword {
        /// The present one.
        current: String,
        /// The new one.
        new: String,
        /// Whether all other devices are signed out.
        end_others: bool,
    }
    /// Asks for the account to be deleted.
    DeleteAccount {
        /// The password, as a confirmation.
        password: String,
    }
}

/// Events that the shell sends to the interface. Their payloads are the named types.
pub mod event {
    /// The rows changed other than by this window's own call (the command line wrote). No payload.
    pub const ROWS_CHANGED: &str = "rows-changed";
    /// The minute or the date changed; payload [`Now`](crate::Now).
    pub const CLOCK: &str = "clock";
    /// Sync stands otherwise than before; payload [`SyncView`](crate::SyncView).
    pub const SYNC: &str = "sync";
}
