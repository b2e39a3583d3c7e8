//! Where a person is signed in.

use chrono::{DateTime, Utc};
use weekwise_storage::{DataFolder, Kept};

use super::{AccountError, Sessions, auth, net_of, on_one_line, signed_in};

/// A device on which a person is signed in: a browser, or a Weekwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInDevice {
    /// What [`end_device`] takes. It opens nothing.
    pub id: String,
    /// What it is, such as "Firefox on Windows".
    pub name: String,
    /// When the person signed in on it.
    pub since: DateTime<Utc>,
    /// When it was last used, to a day or so.
    pub last_used: DateTime<Utc>,
    /// Whether it is this one.
    pub is_this: bool,
}

/// The devices on which an account's person is signed in: this one, then those that were used last.
///
/// # Errors
/// See [`AccountError`].
pub async fn devices(root: &DataFolder, sessions: &Sessions, kept: &Kept) -> Result<Vec<SignedInDevice>, AccountError> {
    let token = signed_in(root, sessions, kept).await?;
    let rows = auth::sessions(&net_of(kept)?, &token).await?;
    let device = |row: auth::SessionRow| SignedInDevice {
        is_this: token.is(&row.token),
        id: on_one_line(&row.id),
        name: name_of(row.user_agent.as_deref().unwrap_or_default()),
        since: row.created_at,
        last_used: row.updated_at,
    };
    let mut devices: Vec<_> = rows.into_iter().map(device).collect();
    devices.sort_by_key(|it| (!it.is_this, std::cmp::Reverse(it.last_used)));
    Ok(devices)
}

/// Signs a device out. Of this one, [`sign_out`](super::sign_out) should.
///
/// # Errors
/// See [`AccountError`]: the server refuses with [`NoSuchDevice`](super::AuthRefusal::NoSuchDevice) where it is signed out
/// already.
pub async fn end_device(root: &DataFolder, sessions: &Sessions, kept: &Kept, id: &str) -> Result<(), AccountError> {
    let token = signed_in(root, sessions, kept).await?;
    Ok(auth::end_session(&net_of(kept)?, &token, id).await?)
}

/// What says so in what programs call themselves, in the order in which it is looked for: all browsers say that they are most
/// others too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Likewise for systems.
const SYSTEMS: [(&str, &str); 9] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "macOS"),
    ("macOS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// What a program is, by what it calls itself.
fn name_of(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|it| it.1);
    let own = agent.get(..9).filter(|it| it.eq_ignore_ascii_case("weekwise/")).and(agent.split_whitespace().next());
    let program = match own {
        Some(own) => Some(format!("Weekwise {}", on_one_line(&own[9..]))),
        None => find(&BROWSERS).map(str::to_owned),
    };
    match (program, find(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program,
        (None, _) if agent.trim().is_empty() => "A program that does not say what it is".to_owned(),
        (None, _) => on_one_line(agent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_what_it_calls_itself() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, name) in [
            ("Weekwise/0.1.0 (Linux)".to_owned(), "Weekwise 0.1.0 on Linux"),
            ("weekwise/0.1.0".to_owned(), "Weekwise 0.1.0"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(), "Firefox on Linux"),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0.0.0 Safari/537.36"),
                "Chrome on Windows",
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0 Safari/537.36 Edg/140.0"),
                "Edge on Windows",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 15; Pixel 9) {webkit} Chrome/140.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.0 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                "Safari on iPhone",
            ),
            ("curl/8.5.0".to_owned(), "curl/8.5.0"),
            ("we\u{1b}[31m".to_owned(), "we[31m"),
            (String::new(), "A program that does not say what it is"),
            ("ääääää".to_owned(), "ääääää"),
        ] {
            assert_eq!(name_of(&agent), name, "{agent}");
        }
    }
}
