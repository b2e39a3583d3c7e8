//! Accounts: who signs in how, and what a session is worth. One file for each call.

mod attempts;
mod change_password;
mod confirm;
mod cookie;
mod current;
mod delete_user;
mod document;
mod email;
mod get_session;
mod guard;
mod list_sessions;
mod new_session;
mod origin;
mod password;
mod revoke;
mod session_view;
mod sign_in;
mod sign_out;
mod sign_up;
mod token;

pub use change_password::change_password;
pub use cookie::{Cookies, Keep};
pub use current::{Credential, SignedIn};
pub use delete_user::delete_user;
pub(crate) use document::Document;
pub use email::Email;
pub use get_session::get_session;
pub use guard::guard;
pub use list_sessions::list_sessions;
pub use origin::check_origin;
pub use password::{Password, PasswordError, Passwords, Verdict};
pub use revoke::{revoke_other_sessions, revoke_session, revoke_sessions};
pub use sign_in::sign_in;
pub use sign_out::sign_out;
pub use sign_up::sign_up;
pub use token::{Token, TokenHash, random_id};
