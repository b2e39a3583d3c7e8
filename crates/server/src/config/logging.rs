//! `LOG_FORMAT` and `RUST_LOG`: how logs are written, and of what.

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{ConfigError, is_production, parsed};

const LOG_FORMAT: &str = "LOG_FORMAT";
const RUST_LOG: &str = "RUST_LOG";

/// What is logged and how. Read before all else, so that all else can be logged.
#[derive(Debug, Clone)]
pub struct Logging {
    /// An object a line, for programs; else text, for people.
    pub json: bool,
    /// What is logged.
    pub filter: Targets,
}

impl Logging {
    /// Reads the settings with `get`.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let json = match get(LOG_FORMAT).as_deref() {
            None => is_production(get),
            Some("json") => true,
            Some("text") => false,
            Some(other) => return Err(ConfigError::new(LOG_FORMAT, format!("\"{other}\" is neither json nor text"))),
        };
        let problem = "is no filter: write a level such as info, or target=level with commas between";
        let filter = parsed(get, RUST_LOG, problem)?;
        let filter = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
        Ok(Self { json, filter })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Logging, ConfigError> {
        Logging::read(|name| set.iter().find(|(it, _)| *it == name).map(|(_, value)| value.to_string()))
    }

    #[test]
    fn production_logs_for_programs_unless_told_otherwise() {
        assert!(!read(&[]).unwrap().json);
        assert!(read(&[("NODE_ENV", "production")]).unwrap().json);
        assert!(!read(&[("NODE_ENV", "production"), ("LOG_FORMAT", "text")]).unwrap().json);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let error = read(&[("LOG_FORMAT", "xml")]).unwrap_err().to_string();
        assert_eq!(error, "LOG_FORMAT \"xml\" is neither json nor text");
        let error = read(&[("RUST_LOG", "weekwise=loud")]).unwrap_err().to_string();
        assert!(error.starts_with("RUST_LOG \"weekwise=loud\" is no filter: write a level such as info"), "{error}");
    }

    #[test]
    fn a_level_alone_is_for_everything() {
        let filter = read(&[("RUST_LOG", "warn,weekwise_server=debug")]).unwrap().filter;
        assert!(filter.would_enable("weekwise_server", &tracing::Level::DEBUG));
        assert!(!filter.would_enable("hyper", &tracing::Level::INFO));
    }
}
