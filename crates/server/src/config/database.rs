//! `DATABASE_URL`: where the data is.

use std::{fmt, time::Duration};

use log::LevelFilter;
use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};
use url::Url;

use super::ConfigError;

/// The variable that names the database.
pub const DATABASE_URL: &str = "DATABASE_URL";

/// What Prisma reads out of the address and Postgres does not know.
const OF_PRISMA: &[&str] =
    &["connection_limit", "pool_timeout", "schema", "pgbouncer", "socket_timeout", "statement_cache_size", "sslaccept"];

/// How to reach Postgres, and with how many connections.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// The address without what only Prisma knows.
    url: Url,
    schema: Option<String>,
    /// `connection_limit` in the address: the most connections of this process; twice its cores and one unless set.
    pub connection_limit: u32,
    /// `pool_timeout` in the address, in seconds: how long a request waits for a connection; 10 unless set.
    pub pool_timeout: Duration,
    /// A statement that takes this long is logged with its text: half a second unless `SLOW_QUERY_MS` says otherwise.
    pub slow: Duration,
}

impl DatabaseConfig {
    /// Reads `DATABASE_URL` with `get`.
    ///
    /// # Errors
    /// When it is missing or no address of a Postgres database.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let bad = |problem: &str| ConfigError::new(DATABASE_URL, problem);
        let value = get(DATABASE_URL).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| bad("is missing: set it to postgresql://user:password@host:5432/database"))?;
        // The address holds a password: it never goes into a message.
        let mut url = Url::parse(value.trim())
            .ok()
            .filter(|url| matches!(url.scheme(), "postgres" | "postgresql"))
            .ok_or_else(|| bad("is no address: write postgresql://user:password@host:5432/database"))?;
        if url.path().trim_matches('/').is_empty() {
            return Err(bad("names no database: write its name after the host, as in …@host:5432/weekwise"));
        }

        let mut prisma = Vec::new();
        let mut rest = Vec::new();
        for (name, value) in url.query_pairs().into_owned() {
            if OF_PRISMA.contains(&name.as_str()) { prisma.push((name, value)) } else { rest.push((name, value)) }
        }
        match rest.is_empty() {
            true => url.set_query(None),
            false => drop(url.query_pairs_mut().clear().extend_pairs(rest)),
        }
        let of = |name: &str| prisma.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let number = |name: &str| {
            let parse =
                |value: &str| value.parse().map_err(|_| bad(&format!("has {name}={value}, which is no number")));
            of(name).map(parse).transpose()
        };
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let connection_limit = number("connection_limit")?.unwrap_or(2 * cores + 1);
        if connection_limit == 0 {
            return Err(bad("has connection_limit=0: allow at least one connection"));
        }
        // 0 is Prisma's word for no limit.
        let pool_timeout = match number("pool_timeout")?.unwrap_or(10) {
            0 => Duration::from_secs(24 * 60 * 60),
            seconds => Duration::from_secs(seconds.into()),
        };
        let slow = Duration::from_millis(500);
        let config = Self { schema: of("schema").map(str::to_owned), url, connection_limit, pool_timeout, slow };
        config.options_or(|_| bad("cannot be used: check host, port and the options after the question mark"))?;
        Ok(config)
    }

    /// How sqlx connects.
    pub fn options(&self) -> PgConnectOptions {
        let options = self.options_or(|_| ());
        options.expect("the address was tried when it was read")
    }

    fn options_or<E>(&self, bad: impl FnOnce(sqlx::Error) -> E) -> Result<PgConnectOptions, E> {
        let options: PgConnectOptions = self.url.as_str().parse().map_err(bad)?;
        let options = options.log_slow_statements(LevelFilter::Warn, self.slow);
        Ok(match &self.schema {
            Some(schema) => options.options([("search_path", schema)]),
            None => options,
        })
    }

    /// Another database of the same cluster, reached in the same way.
    pub(crate) fn of_another(&self, name: &str) -> Self {
        let mut another = self.clone();
        another.url.set_path(name);
        another
    }

    /// The address for Postgres's own programs, and the password, which goes to them by `PGPASSWORD` so that no list of
    /// processes shows it.
    pub(crate) fn for_programs(&self) -> (String, Option<String>) {
        let mut url = self.url.clone();
        let password = url.password().map(decoded);
        // An address with a host takes any password.
        let _ = url.set_password(None);
        (url.into(), password)
    }
}

fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("p={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, database) = (self.url.host_str().unwrap_or("?"), self.url.path());
        write!(f, "DatabaseConfig({host}{database}, {} connections)", self.connection_limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<DatabaseConfig, ConfigError> {
        DatabaseConfig::read(|_| Some(url.to_owned()))
    }

    #[test]
    fn what_operators_have_in_the_address_is_honoured() {
        let url = "postgresql://ada:p%40ss+1@db.example:6432/week?schema=plan&connection_limit=7&pool_timeout=30&sslmode=require";
        let config = read(url).unwrap();
        assert_eq!((config.connection_limit, config.pool_timeout), (7, Duration::from_secs(30)));
        let options = config.options();
        assert_eq!(
            (options.get_host(), options.get_port(), options.get_database()),
            ("db.example", 6432, Some("week"))
        );
        assert_eq!(options.get_options(), Some("-c search_path=plan"));
        let (for_programs, password) = config.for_programs();
        assert_eq!(for_programs, "postgresql://ada@db.example:6432/week?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss+1"));
    }

    #[test]
    fn what_is_not_in_the_address_is_as_with_prisma() {
        let config = read("postgres://localhost/week").unwrap();
        assert!(config.connection_limit >= 3);
        assert_eq!(config.pool_timeout, Duration::from_secs(10));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let bad = [
            ("mysql://ada:hunter2@localhost/week", "is no address"),
            ("ada:hunter2@localhost", "is no address"),
            ("postgresql://ada:hunter2@localhost", "names no database"),
            ("postgresql://ada:hunter2@localhost/week?connection_limit=many", "is no number"),
            ("postgresql://ada:hunter2@localhost/week?connection_limit=0", "at least one"),
            ("postgresql://ada:hunter2@localhost/week?sslmode=perhaps", "cannot be used"),
            ("", "is missing"),
        ];
        for (url, expected) in bad {
            let error = read(url).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("hunter2"), "{url}: {error}");
        }
        assert!(!format!("{:?}", read("postgresql://ada:hunter2@localhost/week").unwrap()).contains("hunter2"));
    }
}
