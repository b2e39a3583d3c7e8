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

mod changes;
mod failure;
mod notice;
pub mod sync;
mod view;

pub use changes::{
    Arrival, ArrivalId, ArrivalStanding, Author, Both, Changes, Conflict, CountChanges, Difference, DismissRejected,
    Field, KeepThis, ListChanges, Overlap, OverlapSide, RejectedEdit, RejectedId, Rejection, RetryRejected, SeeChanges,
    SlotName, TakeBack, UseOther, What, WithoutEffect,
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

/// Hands the list of calls, as `name(Request) -> Reply;` lines, to the macro named.
#[macro_export]
macro_rules! for_each_call {
    ($callback:path) => {
        $callback! {
            /// A week with everything that its view shows.
            week(WeekRequest) -> WeekView;
            /// Weeks to add to those that stand one under another.
            weeks(WeeksRequest) -> Vec<Week>;
            /// One slot on one date, with its whole series, for the inspector.
            slot(SlotRequest) -> SlotView;
            /// What an edit would come to; changes nothing.
            preview(PreviewEdit) -> Previewed;
            /// Does an edit.
            edit(DoEdit) -> Edited;
            /// Takes an edit back.
            undo(Undo) -> Undone;
            /// Does again what was undone last.
            redo(Redo) -> Undone;
            /// The series in the trash.
            trash(ListTrash) -> Vec<TrashedSeries>;
            /// Reads a file's text in.
            import(ImportText) -> Edited;
            /// Writes everything to a file among the person's downloads.
            export(ExportFile) -> Exported;
            /// The names of the time zones that can be set.
            time_zones(ListTimeZones) -> Vec<String>;
            /// Where the data lies, and how it is kept.
            about(AskAbout) -> About;
            /// Opens the data folder in the system's file manager.
            open_data_folder(OpenDataFolder) -> ();
        }
    };
}

macro_rules! define_calls {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $reply:ty;)*) => {
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
}

/// Events that the shell sends to the interface. Their payloads are the named types.
pub mod event {
    /// The rows changed other than by this window's own call (the command line wrote). No payload.
    pub const ROWS_CHANGED: &str = "rows-changed";
    /// The minute or the date changed; payload [`Now`](crate::Now).
    pub const CLOCK: &str = "clock";
}
