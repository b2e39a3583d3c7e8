//! The calls about accounts. Each is about the account that is shown.

use chrono::{DateTime, Local, Utc};
use weekwise_protocol::{
    AccountInfo, AccountsView, Apart, AskSync, BringAlong, BroughtAlong, ChangePassword, DeleteAccount, EndDevice,
    Failure, KeepSession, ListAccounts, ListDevices, SessionKept, ShowAccount, SignIn, SignOut, SignUp, SignedIn,
    SignedInDevice, SignedOut, SyncNow, SyncView,
};
use weekwise_storage::{Kept, SessionPlace};

use super::{
    Device,
    failure::{of_account, of_origin, of_unsuitable},
};
use crate::{
    AccountError, Credentials, Keep, Origin, PasswordChange,
    account::{self, SignedIn as Entered},
    clock,
    failure::unopened,
};

impl Device {
    /// The accounts on this device.
    ///
    /// # Errors
    /// When their list cannot be read, or the week that is shown.
    pub async fn accounts(&self, _request: ListAccounts) -> Result<AccountsView, Failure> {
        let accounts = account::accounts(&self.inner.root).map_err(unopened)?;
        let app = self.app().await?;
        let adoption = app.adoption().await.map_err(unopened)?;
        let apart = Apart {
            slots: count(adoption.schedules - adoption.known),
            exceptions: count(adoption.exceptions - adoption.known_exceptions),
            alike: count(adoption.alike),
        };
        Ok(AccountsView {
            kept: accounts.kept.iter().map(|kept| self.info(kept)).collect(),
            shown: accounts.shown().map(|kept| kept.folder),
            default_server: self.inner.default_server.clone(),
            apart,
        })
    }

    /// How sync stands.
    ///
    /// # Errors
    /// None: what is wrong is part of how it stands.
    pub async fn sync_state(&self, _request: AskSync) -> Result<SyncView, Failure> {
        Ok(self.sync_view())
    }

    /// Looks for what is new at once.
    ///
    /// # Errors
    /// None: what comes of it is told as how sync stands.
    pub async fn sync_now(&self, _request: SyncNow) -> Result<(), Failure> {
        self.wake();
        Ok(())
    }

    /// Makes an account, signs the person in, and shows it.
    ///
    /// # Errors
    /// When the server does not do it, or the session can be kept nowhere.
    pub async fn sign_up(&self, request: SignUp) -> Result<SignedIn, Failure> {
        let SignUp { server, name, email, password } = request;
        let server = suitable(&server).await?;
        let given = credentials(&server, &email, &password);
        self.enter(account::sign_up(&self.inner.root, &self.inner.sessions, &name, given).await).await
    }

    /// Signs the person in, and shows their account.
    ///
    /// # Errors
    /// When the server does not do it, or the session can be kept nowhere.
    pub async fn sign_in(&self, request: SignIn) -> Result<SignedIn, Failure> {
        let SignIn { server, email, password } = request;
        let server = suitable(&server).await?;
        let given = credentials(&server, &email, &password);
        self.enter(account::sign_in(&self.inner.root, &self.inner.sessions, given).await).await
    }

    async fn enter(&self, entered: Result<Entered, AccountError>) -> Result<SignedIn, Failure> {
        let entered = entered.map_err(of_account)?;
        self.note(&entered);
        self.show(Some(entered.kept.folder)).await?;
        Ok(SignedIn { account: self.info(&entered.kept) })
    }

    /// Signs out. The week stays on the device, and is still shown.
    ///
    /// # Errors
    /// When the session cannot be forgotten.
    pub async fn sign_out(&self, _request: SignOut) -> Result<SignedOut, Failure> {
        let kept = self.shown()?;
        let out = account::sign_out(&self.inner.root, &self.inner.sessions, &kept).await.map_err(of_account)?;
        self.session_changed();
        Ok(SignedOut { waiting: count(out.waiting), server_knows: out.trouble.is_none() })
    }

    /// Shows another account, or the week without one.
    ///
    /// # Errors
    /// When its data cannot be opened.
    pub async fn show_account(&self, request: ShowAccount) -> Result<(), Failure> {
        self.show(request.account).await
    }

    /// Keeps the session in the keyring, or in a file.
    ///
    /// # Errors
    /// When it cannot be kept there. It is where it was.
    pub async fn keep_session(&self, request: KeepSession) -> Result<(), Failure> {
        let kept = self.shown()?;
        let keep = if request.in_file { Keep::File } else { Keep::Keyring };
        let entered = account::keep_session(&self.inner.root, &self.inner.sessions, &kept, keep).await;
        if let Err(AccountError::Keyring(trouble)) = &entered {
            self.note_trouble(kept.folder, Some(trouble));
        }
        let told = entered.map(|entered| self.note(&entered)).map_err(of_account);
        // Also where it stays where it is: why the keyring does not take it may be another reason now.
        self.session_changed();
        told
    }

    /// Changes the password.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn change_password(&self, request: ChangePassword) -> Result<(), Failure> {
        let kept = self.shown()?;
        let ChangePassword { current, new, end_others } = &request;
        let change = PasswordChange { current, new, end_others: *end_others };
        let entered = account::change_password(&self.inner.root, &self.inner.sessions, &kept, change).await;
        self.note(&entered.map_err(of_account)?);
        self.session_changed();
        Ok(())
    }

    /// Where the person is signed in.
    ///
    /// # Errors
    /// When the server does not say.
    pub async fn devices(&self, _request: ListDevices) -> Result<Vec<SignedInDevice>, Failure> {
        let kept = self.shown()?;
        let devices = account::devices(&self.inner.root, &self.inner.sessions, &kept).await.map_err(of_account)?;
        let moment = |at: DateTime<Utc>| clock::to_the_minute(at.with_timezone(&Local).naive_local());
        let told = |it: account::SignedInDevice| SignedInDevice {
            id: it.id,
            name: it.name,
            since: moment(it.since),
            used: moment(it.last_used),
            is_this: it.is_this,
        };
        Ok(devices.into_iter().map(told).collect())
    }

    /// Signs a device out.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn end_device(&self, request: EndDevice) -> Result<(), Failure> {
        let kept = self.shown()?;
        account::end_device(&self.inner.root, &self.inner.sessions, &kept, &request.id).await.map_err(of_account)
    }

    /// Deletes the account on the server. The week stays on this device.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn delete_account(&self, request: DeleteAccount) -> Result<(), Failure> {
        let kept = self.shown()?;
        let gone = account::delete_account(&self.inner.root, &self.inner.sessions, &kept, &request.password).await;
        gone.map_err(of_account)?;
        self.session_changed();
        Ok(())
    }

    /// Brings what is on this device alone into the account.
    ///
    /// # Errors
    /// When either file cannot be read or written.
    pub async fn bring_along(&self, _request: BringAlong) -> Result<BroughtAlong, Failure> {
        let app = self.app().await?;
        let adopted = app.adopt().await?;
        Ok(BroughtAlong { slots: count(adopted.schedules), exceptions: count(adopted.exceptions) })
    }

    fn info(&self, kept: &Kept) -> AccountInfo {
        let session = match kept.session {
            SessionPlace::Keyring => SessionKept::Keyring,
            SessionPlace::File => SessionKept::File,
            SessionPlace::Memory if self.inner.sessions.holds(kept) => SessionKept::Memory,
            SessionPlace::Memory | SessionPlace::Nowhere => SessionKept::Nowhere,
            SessionPlace::Gone => SessionKept::Gone,
        };
        AccountInfo {
            id: kept.folder,
            email: kept.email.clone(),
            name: kept.name.clone(),
            server: kept.owner.server.clone(),
            session,
        }
    }

    /// The account that is shown, as the list has it now.
    fn shown(&self) -> Result<Kept, Failure> {
        let accounts = account::accounts(&self.inner.root).map_err(unopened)?;
        accounts.shown().cloned().ok_or_else(|| of_account(AccountError::SignedOut))
    }
}

/// A server that can be signed in at.
async fn suitable(server: &str) -> Result<Origin, Failure> {
    let failed = |error| Failure::Account { error };
    let server = Origin::parse(server).map_err(|error| failed(of_origin(error)))?;
    account::check_server(&server).await.map_err(|error| failed(of_unsuitable(error)))?;
    Ok(server)
}

fn credentials<'a>(server: &'a Origin, email: &'a str, password: &'a str) -> Credentials<'a> {
    Credentials { server, email, password, keep: Keep::KeyringElseMemory }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
