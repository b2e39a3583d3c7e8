//! A first connection, with a plain word on why there is none.

use std::{io, time::Duration};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use thiserror::Error;
use tokio::time::timeout;

use crate::DatabaseConfig;

/// An operator waits for the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the database cannot be reached: one line that says what to do.
#[derive(Debug, Error)]
#[error("{problem}")]
pub struct ConnectError {
    problem: String,
    source: Option<sqlx::Error>,
}

/// Connects, or says within ten seconds why not.
///
/// # Errors
/// When the database cannot be reached, or does not let us in.
pub async fn connect(config: &DatabaseConfig) -> Result<PgConnection, ConnectError> {
    let options = config.options();
    match timeout(PATIENCE, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(source)) => Err(ConnectError { problem: problem(&options, &source), source: Some(source) }),
        Err(_) => {
            let at = place(&options);
            let problem = format!(
                "the database at {at} does not answer: correct host and port in DATABASE_URL, or let this machine through \
                 its firewall"
            );
            Err(ConnectError { problem, source: None })
        }
    }
}

fn problem(options: &PgConnectOptions, error: &sqlx::Error) -> String {
    let at = place(options);
    let user = options.get_username();
    let database = options.get_database().unwrap_or_default();
    match error {
        sqlx::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            format!(
                "the database at {at} refuses connections: start PostgreSQL, or correct host and port in DATABASE_URL"
            )
        }
        sqlx::Error::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            format!("there is no socket of PostgreSQL in {at}: start PostgreSQL, or correct the host in DATABASE_URL")
        }
        sqlx::Error::Io(error) if error.to_string().contains("lookup") => {
            format!("the host {} is not known: correct it in DATABASE_URL", options.get_host())
        }
        sqlx::Error::Tls(_) => {
            format!("the database at {at} and this server do not agree on TLS: correct sslmode in DATABASE_URL")
        }
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => {
            format!("what answers at {at} is no PostgreSQL: correct host and port in DATABASE_URL")
        }
        sqlx::Error::Database(error) => match error.code().as_deref() {
            Some("28P01") => {
                format!(
                    "the database at {at} does not take the password of {user}: correct user and password in DATABASE_URL"
                )
            }
            Some("28000") => {
                format!(
                    "the database at {at} does not let {user} in: correct the user in DATABASE_URL, add sslmode=require if \
                     it wants TLS, or let this machine in by pg_hba.conf"
                )
            }
            Some("3D000") => {
                format!(
                    "there is no database {database} at {at}: create it, or correct the name at the end of DATABASE_URL"
                )
            }
            Some("53300") => {
                format!(
                    "the database at {at} has no connection left: lower connection_limit in DATABASE_URL, or raise \
                     max_connections of PostgreSQL"
                )
            }
            Some("57P03") => format!("the database at {at} is still starting, or is stopping: try again in a moment"),
            _ => format!("the database at {at} does not let {user} in"),
        },
        _ => format!("the database at {at} cannot be reached"),
    }
}

/// Where it is, without user and password.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}
