//! What HTTP is to this server: connections, the edge that every request and reply passes, and who calls how often
//! with what.

mod body;
mod caller;
mod client;
mod edge;
mod fit;
mod limit;
mod serve;

pub use body::{ACCOUNT_BODY, JsonBody, TRPC_BODY, is_json, read};
pub use caller::Caller;
pub use client::{ClientAddress, Peer};
pub use edge::edge;
pub use fit::Fit;
pub use limit::{ACCOUNT, Class, Client, Limits, PULL, PUSH, Rule, SENSITIVE, SYNC, WEEK};
pub use serve::serve;
