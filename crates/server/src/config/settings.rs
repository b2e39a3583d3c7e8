//! Every variable that is read, for those who set them.

use std::fmt::Write as _;

/// A variable of the environment.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is when it is not set.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// All of them. The first seven are those of the server that this one replaces.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "DATABASE_URL",
        default: "must be set",
        meaning: "Where the data is: postgresql://user:password@host:5432/database. After a question mark may stand what \
                  Postgres knows (sslmode, sslrootcert, application_name …), and connection_limit (most connections of \
                  this process; twice its cores and one unless set), pool_timeout (seconds that a request waits for one; \
                  10 unless set, 0 is without end) and schema.",
    },
    Setting {
        name: "CORS_ORIGIN",
        default: "none",
        meaning: "The web clients that may call with a person's cookies: origins exactly as browsers write them, with \
                  commas between, such as https://week.example,http://localhost:3001.",
    },
    Setting {
        name: "BETTER_AUTH_SECRET",
        default: "must be set in production",
        meaning: "Signs the cookies: 32 random characters or more, the same for all servers of one database. Another one \
                  signs all browsers out.",
    },
    Setting {
        name: "BETTER_AUTH_URL",
        default: "http://localhost:PORT",
        meaning: "Where browsers reach this server. With https, cookies are for https alone.",
    },
    Setting { name: "PORT", default: "3000", meaning: "The port to listen on; 0 takes a free one." },
    Setting { name: "HOST", default: "0.0.0.0", meaning: "The address to listen on, such as 127.0.0.1 or ::." },
    Setting {
        name: "NODE_ENV",
        default: "development",
        meaning: "production: cookies for https and across sites, no details in errors, rate limits, logs in JSON, and no \
                  start with a secret that everyone knows.",
    },
    Setting {
        name: "TRUSTED_PROXIES",
        default: "0",
        meaning: "How many proxies stand before this server. Only then are X-Forwarded-For and X-Request-Id believed.",
    },
    Setting {
        name: "METRICS_ADDR",
        default: "off",
        meaning: "Where GET /metrics is answered for Prometheus, such as 127.0.0.1:9464. Keep it from the public: it needs \
                  no password.",
    },
    Setting {
        name: "LOG_FORMAT",
        default: "json in production, else text",
        meaning: "How logs are written to standard error: json (one object a line) or text.",
    },
    Setting {
        name: "RUST_LOG",
        default: "info",
        meaning: "What is logged: a level (error, warn, info, debug), or target=level with commas between, such as \
                  warn,weekwise_server=debug.",
    },
    Setting {
        name: "SLOW_QUERY_MS",
        default: "500",
        meaning: "A statement that takes this many milliseconds is logged with its text, without the values in it.",
    },
];

/// The list as `weekwise-server help env` shows it.
pub fn settings_help() -> String {
    let mut help = "All settings are read from the environment.\n".to_owned();
    for Setting { name, default, meaning } in SETTINGS {
        let _ = write!(help, "\n{name}  (unless set: {default})\n");
        for line in wrapped(meaning) {
            let _ = writeln!(help, "    {line}");
        }
    }
    help
}

/// Lines that fit a terminal.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 76;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a last line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() > WIDTH {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;
    use crate::{Config, Logging};

    #[test]
    fn exactly_what_is_read_is_listed() {
        let asked = RefCell::new(BTreeSet::new());
        let get = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            (name == "DATABASE_URL").then(|| "postgresql://localhost/weekwise".to_owned())
        };
        Logging::read(get).unwrap();
        Config::read(get).unwrap();
        let listed: BTreeSet<String> = SETTINGS.iter().map(|setting| setting.name.to_owned()).collect();
        assert_eq!(asked.into_inner(), listed);
    }

    #[test]
    fn the_help_fits_a_terminal() {
        let help = settings_help();
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}
