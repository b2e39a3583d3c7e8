//! Whether the settings fit how browsers reach this server. Nobody sees that from the settings alone, and where they do
//! not fit, cookies vanish and sign-ins fail without a word; so the requests tell, and the log says it, each thing once.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{HeaderMap, header};
use url::Url;

use crate::Config;

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const X_FORWARDED_HOST: &str = "x-forwarded-host";
const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// So many things are said. A client can make up any number of origins and hosts.
const MOST: usize = 20;
/// Longer names of hosts do not exist.
const LONGEST: usize = 300;

/// What has been said already.
#[derive(Clone, Default)]
pub struct Fit(Arc<Mutex<HashSet<String>>>);

impl Fit {
    /// Looks at a request, and says what is new.
    pub fn look(&self, config: &Config, headers: &HeaderMap) {
        for concern in concerns(config, headers) {
            // Nothing that could panic happens while it is held.
            let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if told.len() < MOST && told.insert(concern.clone()) {
                tracing::warn!("{concern}");
            }
        }
    }
}

/// What a request shows not to fit.
fn concerns(config: &Config, headers: &HeaderMap) -> Vec<String> {
    let mut concerns = Vec::new();
    let text = |name: &str| headers.get(name)?.to_str().ok().filter(|value| value.len() <= LONGEST);
    let is_behind_unknown = config.trusted_proxies == 0 && headers.contains_key(X_FORWARDED_FOR);
    if is_behind_unknown {
        let said = "requests come through a proxy, but TRUSTED_PROXIES is not set: all clients count as one for the rate \
                    limits; set it to the number of your proxies";
        concerns.push(said.to_owned());
    }
    let origin = text(header::ORIGIN.as_str());
    if origin.is_none() && !headers.contains_key(header::COOKIE) {
        return concerns;
    }

    let (base, address) = (&config.base_url, config.base_origin.as_str());
    if let Some(origin) = origin
        && origin != address
        && !config.cors_origins.iter().any(|allowed| allowed.as_str() == origin)
    {
        concerns.push(format!(
            "a page of {origin} called, which is not in CORS_ORIGIN: its browser gets no answer; add it if it is yours"
        ));
    }
    // A proxy that is not known may have put its own name for this server in place of the browser's.
    if is_behind_unknown {
        return concerns;
    }
    let forwarded = |name: &str| (config.trusted_proxies > 0).then(|| text(name)).flatten();
    let host = forwarded(X_FORWARDED_HOST).or_else(|| text(header::HOST.as_str()));
    if let Some(host) = host.filter(|host| !is_host_of(config, host)) {
        concerns.push(format!(
            "BETTER_AUTH_URL is {address}, but a browser asked for {host}: set it to the address that browsers use, or let \
             the proxy pass the host on"
        ));
    }
    if let Some(scheme) = forwarded(X_FORWARDED_PROTO).filter(|scheme| *scheme != base.scheme()) {
        concerns.push(format!(
            "BETTER_AUTH_URL is {address}, but a browser came by {scheme}: browsers lose their cookies so; set it to the \
             address that browsers use"
        ));
    }
    concerns
}

fn is_host_of(config: &Config, host: &str) -> bool {
    let base = &config.base_url;
    if config.base_origin.strip_prefix(base.scheme()).and_then(|rest| rest.strip_prefix("://")) == Some(host) {
        return true;
    }
    // Read as a browser would, which leaves the scheme's own port out.
    let asked = Url::parse(&format!("{}://{host}", base.scheme()));
    asked.is_ok_and(|asked| asked.origin() == base.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(base_url: &str, proxies: &str, sent: &[(&'static str, &str)]) -> Vec<String> {
        let set = |name: &str| match name {
            "DATABASE_URL" => Some("postgresql://localhost/weekwise".to_owned()),
            "BETTER_AUTH_URL" => Some(base_url.to_owned()),
            "CORS_ORIGIN" => Some("https://week.example".to_owned()),
            "TRUSTED_PROXIES" => Some(proxies.to_owned()),
            _ => None,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.insert(*name, value.parse().unwrap());
        }
        concerns(&Config::read(set).unwrap().0, &headers)
    }

    #[test]
    fn what_fits_is_not_spoken_of() {
        let browser = [("host", "api.example"), ("origin", "https://week.example"), ("cookie", "a=b")];
        assert_eq!(seen("https://api.example", "0", &browser), [""; 0]);
        let with_port = [("host", "api.example:443"), ("cookie", "a=b")];
        assert_eq!(seen("https://API.example/", "0", &with_port), [""; 0]);
        let forwarded = [
            ("host", "10.0.0.5:3000"),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-host", "api.example"),
            ("x-forwarded-proto", "https"),
            ("cookie", "a=b"),
        ];
        assert_eq!(seen("https://api.example", "1", &forwarded), [""; 0]);
    }

    #[test]
    fn what_is_no_browser_may_ask_by_any_name() {
        assert_eq!(seen("https://api.example", "0", &[("host", "10.0.0.5:3000")]), [""; 0]);
    }

    #[test]
    fn another_host_than_that_of_the_settings_is_named() {
        let concerns = seen("http://localhost:3000", "0", &[("host", "api.example"), ("cookie", "a=b")]);
        assert_eq!(concerns.len(), 1);
        assert!(
            concerns[0].starts_with("BETTER_AUTH_URL is http://localhost:3000, but a browser asked for api.example")
        );
    }

    #[test]
    fn another_scheme_than_that_of_the_settings_is_named() {
        let sent = [("host", "api.example"), ("x-forwarded-proto", "http"), ("cookie", "a=b")];
        let concerns = seen("https://api.example", "1", &sent);
        assert_eq!(concerns.len(), 1);
        assert!(concerns[0].starts_with("BETTER_AUTH_URL is https://api.example, but a browser came by http"));
        assert_eq!(seen("https://api.example", "0", &sent), [""; 0], "it is not believed without a known proxy");
    }

    #[test]
    fn a_page_that_is_not_on_the_list_is_named() {
        let sent = [("host", "api.example"), ("origin", "https://wek.example")];
        let concerns = seen("https://api.example", "0", &sent);
        assert_eq!(concerns.len(), 1);
        assert!(concerns[0].starts_with("a page of https://wek.example called, which is not in CORS_ORIGIN"));
    }

    #[test]
    fn a_proxy_that_is_not_counted_is_named_alone() {
        let sent = [("host", "upstream"), ("x-forwarded-for", "203.0.113.7"), ("cookie", "a=b")];
        let concerns = seen("https://api.example", "0", &sent);
        assert_eq!(concerns.len(), 1);
        assert!(concerns[0].contains("TRUSTED_PROXIES is not set"));
    }
}
