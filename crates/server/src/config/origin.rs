//! `CORS_ORIGIN`: the web clients that may call with cookies.

use std::fmt;

use url::Url;

use super::ConfigError;

const NAME: &str = "CORS_ORIGIN";

/// An origin exactly as browsers send it: scheme, host, and the port unless it is the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// As browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a list with commas. Beside it, what was put right: a line each.
    pub(super) fn read_list(list: &str) -> Result<(Vec<Self>, Vec<String>), ConfigError> {
        let mut origins = Vec::new();
        let mut concerns = Vec::new();
        for written in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let origin = Self::read(written)?;
            if origin.0 != written {
                concerns.push(format!("{NAME} \"{written}\" is taken for {origin}, as browsers write it"));
            }
            origins.push(origin);
        }
        Ok((origins, concerns))
    }

    fn read(written: &str) -> Result<Self, ConfigError> {
        let bad = || {
            let problem =
                format!("\"{written}\" is no origin: write https://host or http://host:port, with commas between");
            ConfigError::new(NAME, problem)
        };
        let url = Url::parse(written).map_err(|_| bad())?;
        let is_bare =
            url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !matches!(url.scheme(), "http" | "https") || !is_bare {
            return Err(bad());
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_origins_stand_with_commas_between() {
        let (origins, concerns) = Origin::read_list("http://localhost:3001, https://week.example,").unwrap();
        assert_eq!(
            origins.iter().map(Origin::as_str).collect::<Vec<_>>(),
            ["http://localhost:3001", "https://week.example"]
        );
        assert_eq!(concerns, [""; 0]);
    }

    #[test]
    fn a_slash_at_the_end_is_put_right_and_said() {
        let (origins, concerns) = Origin::read_list("https://Week.example:443/").unwrap();
        assert_eq!(origins[0].as_str(), "https://week.example");
        assert_eq!(concerns.len(), 1);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in
            ["*", "week.example", "localhost:3001", "https://week.example/app", "ftp://week.example", "https://a@b"]
        {
            assert!(Origin::read_list(bad).is_err(), "{bad}");
        }
    }
}
