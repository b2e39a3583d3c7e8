//! Whether a server is one, before anybody signs in at it.

use weekwise_app::{Trouble, Unsuitable, check_server};

use super::{impostor::Impostor, *};

#[tokio::test]
async fn a_server_is_one_to_sign_in_at() {
    let server = Server::start(&Database::new());
    assert_eq!(check_server(&Origin::parse(&server.url).unwrap()).await, Ok(()));
}

#[tokio::test]
async fn where_nobody_listens_nothing_can_be_reached() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let checked = check_server(&Origin::parse(&url).unwrap()).await;
    assert!(matches!(checked, Err(Unsuitable::Trouble(Trouble::Unreachable { .. }))), "{checked:?}");
}

#[tokio::test]
async fn what_a_server_is_instead_is_told() {
    let impostor = Impostor::start().await;
    let server = impostor.url.clone();
    let origin = Origin::parse(&server).unwrap();
    let json = "Content-Type: application/json";
    let not_weekwise = |what| Unsuitable::Trouble(Trouble::NotWeekwise { server: server.clone(), what });
    let redirected = Unsuitable::Trouble(Trouble::Redirected { server: server.clone() });
    for (head, body, expected) in [
        ("200 OK\r\nContent-Type: text/html".to_owned(), "<p>Sign in", not_weekwise("it does not speak JSON")),
        ("401 No\r\nContent-Type: text/html".to_owned(), "<p>Sign in", not_weekwise("it does not speak JSON")),
        (format!("401 No\r\n{json}"), "{}", not_weekwise("it says what Weekwise never would")),
        (format!("200 OK\r\n{json}"), "{}", not_weekwise("it says what Weekwise never would")),
        ("404 Not Found".to_owned(), "", not_weekwise("it has no sync")),
        ("302 Found\r\nLocation: https://week.example".to_owned(), "", redirected),
        (
            format!("426 Old\r\n{json}"),
            r#"{"error":"update","min_proto":2}"#,
            Unsuitable::Outdated { server: server.clone() },
        ),
        (
            format!("400 New\r\n{json}"),
            r#"{"error":"newer","max_proto":0}"#,
            Unsuitable::ServerOutdated { server: server.clone() },
        ),
        ("429 Often".to_owned(), "", Unsuitable::TooOften { server: server.clone() }),
        ("502 Bad Gateway".to_owned(), "<p>nginx", Unsuitable::OutOfOrder { server: server.clone() }),
    ] {
        impostor.says("/v1/sync/pull", &head, body);
        assert_eq!(check_server(&origin).await, Err(expected), "{head}");
    }
    // The server that Weekwise's takes the place of.
    impostor.says("/v1/sync/pull", "404 Not Found\r\nContent-Type: text/plain", "404 Not Found");
    impostor.says_json("/health", json!({ "status": "healthy", "timestamp": "2026-11-22T18:30:00.000Z" }));
    assert_eq!(check_server(&origin).await, Err(Unsuitable::NoSync { server }));
    assert!(impostor.asked("/").iter().all(|head| !head.to_lowercase().contains("authorization")));
}
