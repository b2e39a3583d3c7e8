//! What a person does about accounts and sync.

use wasm_bindgen_futures::spawn_local;
use weekwise_protocol::{
    AskSync, BringAlong, BroughtAlong, Call, ChangePassword, DeleteAccount, Edited, EndDevice, KeepSession,
    ListAccounts, ListChanges, ListDevices, SeeChanges, ShowAccount, SignIn, SignOut, SignUp, SignedIn, SyncNow,
    SyncState, SyncView,
};

use super::Session;
use crate::ipc;
use crate::state::{AccountPlace, Action, Panel};

impl Session {
    /// Reads how sync stands.
    pub fn read_sync(&self) {
        let told = self.live.told.get();
        self.read(AskSync {}, move |session, sync| {
            // What was told since then is newer, whichever came first.
            if session.live.told.get() == told {
                session.take_sync(sync);
            }
        });
    }

    /// The shell tells how sync stands now.
    pub fn sync_told(&self, sync: SyncView) {
        self.live.told.set(self.live.told.get().wrapping_add(1));
        self.take_sync(sync);
    }

    /// Takes in how sync stands, and reads anew what follows from it.
    fn take_sync(&self, sync: SyncView) {
        let present = self.present();
        let before = present.sync.state;
        let is_news = before != sync.state && sync.state != SyncState::Syncing;
        self.dispatch(Action::Synced(sync));
        if is_news && present.panel == Panel::Account {
            self.read_accounts();
        }
    }

    /// Looks for what is new at once.
    pub fn sync_now(&self) {
        self.read(SyncNow {}, |_, ()| {});
    }

    /// Reads which accounts there are.
    pub fn read_accounts(&self) {
        self.read(ListAccounts {}, |session, accounts| session.dispatch(Action::AccountsRead(accounts)));
    }

    /// Reads where the person is signed in.
    pub fn read_devices(&self) {
        self.about(AccountPlace::Devices, ListDevices {}, |session, devices| {
            session.dispatch(Action::DevicesRead(devices));
        });
    }

    /// Signs in with an account.
    pub fn sign_in(&self, request: SignIn) {
        self.about(AccountPlace::SignIn, request, Self::signed_in);
    }

    /// Makes an account.
    pub fn sign_up(&self, request: SignUp) {
        self.about(AccountPlace::SignIn, request, Self::signed_in);
    }

    fn signed_in(&self, signed_in: SignedIn) {
        self.switched();
        self.say_text("toast-signed-in", "email", signed_in.account.email);
    }

    /// Signs out. The week stays on the device.
    pub fn sign_out(&self) {
        self.about(AccountPlace::SignOut, SignOut {}, |session, out| {
            session.switched();
            let id = if out.server_knows { "toast-signed-out" } else { "toast-signed-out-here" };
            session.dispatch(Action::Say(session.texts.get(id), None));
        });
    }

    /// Shows the week of another account; none is the one that is on this device alone.
    pub fn show_account(&self, account: Option<uuid::Uuid>) {
        self.about(AccountPlace::Others, ShowAccount { account }, |session, ()| session.switched());
    }

    /// Keeps the session elsewhere.
    pub fn keep_session(&self, in_file: bool) {
        self.about(AccountPlace::Session, KeepSession { in_file }, |session, ()| session.read_accounts());
    }

    /// Changes the password, and then does `done`.
    pub fn change_password(&self, request: ChangePassword, done: impl FnOnce() + 'static) {
        self.about(AccountPlace::Password, request, |session, ()| {
            done();
            session.dispatch(Action::Say(session.texts.get("toast-password"), None));
        });
    }

    /// Signs a device out.
    pub fn end_device(&self, id: String) {
        self.about(AccountPlace::Devices, EndDevice { id }, |session, ()| session.read_devices());
    }

    /// Deletes the account on the server.
    pub fn delete_account(&self, password: String) {
        self.about(AccountPlace::Delete, DeleteAccount { password }, |session, ()| {
            session.read_accounts();
            session.dispatch(Action::Say(session.texts.get("toast-account-deleted"), None));
        });
    }

    /// Brings what is on this device alone into the account.
    pub fn bring_along(&self) {
        self.about(AccountPlace::Apart, BringAlong {}, |session, BroughtAlong { slots, exceptions }| {
            session.read_accounts();
            session.reload();
            let values = [("slots", slots.into()), ("exceptions", exceptions.into())];
            session.dispatch(Action::Say(session.texts.with("toast-brought", values), None));
        });
    }

    /// Reads what sync has to tell, of which what came is seen then.
    pub fn read_changes(&self) {
        self.read(ListChanges {}, |session, changes| {
            let newest = changes.arrivals.first().filter(|it| !it.is_seen).map(|it| it.id);
            session.dispatch(Action::ChangesRead(Box::new(changes)));
            if let Some(through) = newest {
                session.read(SeeChanges { through }, |session, ()| session.dispatch(Action::ChangesSeen));
            }
        });
    }

    /// Deals with something that sync told: an edit like others.
    pub fn settle<C: Call<Reply = Edited> + 'static>(&self, request: C) {
        self.read(request, |session, edited| {
            session.say_done(&edited);
            session.reload();
        });
    }

    /// Makes a call about the account, unless one is under way.
    fn about<C: Call + 'static>(&self, place: AccountPlace, request: C, then: impl FnOnce(&Self, C::Reply) + 'static) {
        if self.present().account_busy.is_some() {
            return;
        }
        self.dispatch(Action::AccountBusy(place));
        let session = self.clone();
        spawn_local(async move {
            match ipc::call(&request).await {
                Ok(reply) => {
                    session.dispatch(Action::AccountDone(None));
                    then(&session, reply);
                }
                Err(error) => session.dispatch(Action::AccountDone(Some((place, error)))),
            }
        });
    }

    /// Another week is open now.
    fn switched(&self) {
        self.live.view.set(None);
        self.live.wanted.set(None);
        self.dispatch(Action::Switched);
        self.go_to(None);
        self.read_sync();
        self.read_accounts();
    }

    fn say_text(&self, id: &str, name: &'static str, value: String) {
        let text = self.texts.with(id, [(name, value.into())]);
        self.dispatch(Action::Say(text, None));
    }
}
