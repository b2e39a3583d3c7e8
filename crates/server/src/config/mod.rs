//! The settings, all from the environment. The names are those of the server that this one replaces, so that a
//! deployment changes its image and not its settings.

mod database;
mod logging;
mod origin;
mod secret;
mod settings;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use thiserror::Error;
use url::Url;

pub use database::{DATABASE_URL, DatabaseConfig};
pub use logging::Logging;
pub use origin::Origin;
pub use secret::Secret;
pub use settings::{SETTINGS, Setting, settings_help};

/// What `serve` is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL`: where the data is, and how many connections may be open.
    pub database: DatabaseConfig,
    /// `HOST`: the address to listen on, all of IPv4 unless set.
    pub host: IpAddr,
    /// `PORT`: the port to listen on, 3000 unless set; 0 takes a free one.
    pub port: u16,
    /// `CORS_ORIGIN`: the web clients that may call with a person's cookies.
    pub cors_origins: Vec<Origin>,
    /// `BETTER_AUTH_SECRET`: signs the cookies.
    pub secret: Secret,
    /// `BETTER_AUTH_URL`: where browsers reach this server.
    pub base_url: Url,
    /// Its origin, as browsers write it.
    pub base_origin: String,
    /// `NODE_ENV=production`: cookies for https alone, no details in errors, rate limits on.
    pub production: bool,
    /// `TRUSTED_PROXIES`: how many proxies stand before this server, 0 unless set. The client's address is the entry of
    /// `X-Forwarded-For` that the outermost of them added.
    pub trusted_proxies: usize,
    /// `METRICS_ADDR`: where operators are answered, nowhere unless set.
    pub metrics: Option<SocketAddr>,
}

/// Why a setting cannot be used. One line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name} {problem}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl ConfigError {
    pub(crate) fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self { name, problem: problem.into() }
    }
}

impl Config {
    /// Reads the settings with `get`, which is the environment but for tests. Beside them, what an operator should be
    /// warned about, a line each.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<(Self, Vec<String>), ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let production = is_production(get);
        let (host, port) = Self::read_address(get)?;
        let mut warnings = Vec::new();

        let (secret, concern) = Secret::read(get("BETTER_AUTH_SECRET"), production)?;
        warnings.extend(concern);
        let (cors_origins, concerns) = Origin::read_list(&get("CORS_ORIGIN").unwrap_or_default())?;
        warnings.extend(concerns);
        let base_url = base_url(get("BETTER_AUTH_URL"), port)?;
        if production && base_url.scheme() != "https" {
            warnings.push("BETTER_AUTH_URL is not https: browsers do not send cookies for https to it".to_owned());
        }
        let is_here = matches!(base_url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let base_origin = base_url.origin().ascii_serialization();
        if is_here && port != 0 && base_url.port_or_known_default() != Some(port) {
            warnings.push(format!(
                "BETTER_AUTH_URL is {base_origin}, but PORT is {port}: set it to where browsers reach this server"
            ));
        }
        let mut database = DatabaseConfig::read(get)?;
        if let Some(slow) = parsed(get, "SLOW_QUERY_MS", "is no number of milliseconds")? {
            database.slow = Duration::from_millis(slow);
        }
        let config = Self {
            database,
            host,
            port,
            cors_origins,
            secret,
            base_url,
            base_origin,
            production,
            trusted_proxies: parsed(get, "TRUSTED_PROXIES", "is no number of proxies")?.unwrap_or(0),
            metrics: parsed(get, "METRICS_ADDR", "is no address with a port: give one such as 127.0.0.1:9464")?,
        };
        Ok((config, warnings))
    }

    /// `HOST` and `PORT` alone, for who only wants to find the server.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn read_address(get: impl Fn(&str) -> Option<String>) -> Result<(IpAddr, u16), ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let host = parsed(get, "HOST", "is no address: give one such as 0.0.0.0 or ::")?;
        let port = parsed(get, "PORT", "is no port: give a number from 0 to 65535")?;
        Ok((host.unwrap_or([0, 0, 0, 0].into()), port.unwrap_or(3000)))
    }
}

fn is_production(get: impl Fn(&str) -> Option<String>) -> bool {
    get("NODE_ENV").is_some_and(|environment| environment == "production")
}

fn parsed<T: std::str::FromStr>(
    get: impl Fn(&str) -> Option<String>,
    name: &'static str,
    problem: &str,
) -> Result<Option<T>, ConfigError> {
    let parse =
        |value: String| value.trim().parse().map_err(|_| ConfigError::new(name, format!("\"{value}\" {problem}")));
    get(name).map(parse).transpose()
}

fn base_url(value: Option<String>, port: u16) -> Result<Url, ConfigError> {
    const NAME: &str = "BETTER_AUTH_URL";
    let value = value.unwrap_or_else(|| format!("http://localhost:{port}"));
    let parsed = Url::parse(&value).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    parsed.ok_or_else(|| ConfigError::new(NAME, format!("\"{value}\" is no address of a server: write https://…")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<(Config, Vec<String>), ConfigError> {
        let set: Vec<(String, String)> =
            set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let database = ("DATABASE_URL".to_owned(), "postgresql://ada@localhost/weekwise".to_owned());
        Config::read(move |name| {
            let mut all = set.iter().chain([&database]);
            all.find(|(it, _)| it == name).map(|(_, value)| value.clone())
        })
    }

    const SECRET: (&str, &str) = ("BETTER_AUTH_SECRET", "R0rW8nVbH2k6sQ1yT4uZ7pLcXdEaJfGi");

    #[test]
    fn what_is_not_set_is_as_in_the_reference() {
        let (config, warnings) = read(&[SECRET, ("PORT", "")]).unwrap();
        assert_eq!((config.port, config.host), (3000, [0, 0, 0, 0].into()));
        assert_eq!(config.base_url.as_str(), "http://localhost:3000/");
        assert!(!config.production && config.cors_origins.is_empty() && config.trusted_proxies == 0);
        assert_eq!(warnings, [""; 0]);
    }

    #[test]
    fn what_cannot_be_used_is_named_in_one_line() {
        let bad = [
            ("PORT", "99999", "PORT \"99999\" is no port: give a number from 0 to 65535"),
            ("HOST", "here", "HOST \"here\" is no address: give one such as 0.0.0.0 or ::"),
            ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES \"-1\" is no number of proxies"),
            ("SLOW_QUERY_MS", "1s", "SLOW_QUERY_MS \"1s\" is no number of milliseconds"),
            (
                "METRICS_ADDR",
                "9464",
                "METRICS_ADDR \"9464\" is no address with a port: give one such as 127.0.0.1:9464",
            ),
            (
                "BETTER_AUTH_URL",
                "example.org",
                "BETTER_AUTH_URL \"example.org\" is no address of a server: write https://…",
            ),
        ];
        for (name, value, expected) in bad {
            assert_eq!(read(&[SECRET, (name, value)]).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn an_address_with_another_port_is_warned_about() {
        let warnings = read(&[SECRET, ("PORT", "3002"), ("BETTER_AUTH_URL", "http://localhost:3000")]).unwrap().1;
        assert_eq!(
            warnings,
            ["BETTER_AUTH_URL is http://localhost:3000, but PORT is 3002: set it to where browsers reach this server"]
        );
        let behind_a_proxy = [SECRET, ("PORT", "3002"), ("BETTER_AUTH_URL", "https://week.example")];
        assert_eq!(read(&behind_a_proxy).unwrap().1, [""; 0]);
    }

    #[test]
    fn production_without_https_is_warned_about() {
        let set = [SECRET, ("NODE_ENV", "production"), ("BETTER_AUTH_URL", "http://week.example")];
        assert!(read(&set).unwrap().1[0].starts_with("BETTER_AUTH_URL is not https"));
    }
}
