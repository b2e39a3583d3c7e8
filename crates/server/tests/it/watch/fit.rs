//! Settings that do not fit how browsers reach the server: what breaks then breaks without a word in the browser, so the log
//! says it.

use reqwest::{Client, header};

use crate::{person::send, postgres::Database, running::Running};

/// The lines of a server's log that warn of something.
fn warnings(server: &Running) -> Vec<String> {
    let log = server.log();
    let warnings =
        log.lines().filter_map(|line| line.split_once("WARN ")?.1.split_once("weekwise_server::http::fit: "));
    warnings.map(|(_, warning)| warning.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_may_not_call_is_named_once() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &[("BETTER_AUTH_URL", "http://localhost:3000")]);
    for _ in 0..3 {
        let request = Client::new().get(server.at("/api/auth/get-session")).header(header::HOST, "localhost:3000");
        let reply = send(request.header(header::ORIGIN, "https://wek.example")).await;
        assert_eq!(reply.header("access-control-allow-origin"), None, "its browser gets no answer");
    }
    assert_eq!(
        warnings(&server),
        [
            "a page of https://wek.example called, which is not in CORS_ORIGIN: its browser gets no answer; add it if it is \
         yours"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_browsers_do_not_use_is_named_once() {
    let database = Database::ready().await;
    let settings = [("BETTER_AUTH_URL", "https://api.week.example"), ("TRUSTED_PROXIES", "1")];
    let server = Running::start_with(&database, &settings);
    for _ in 0..2 {
        let request = Client::new().get(server.at("/api/auth/get-session")).header(header::COOKIE, "a=b");
        send(request.header("x-forwarded-host", "week.example").header("x-forwarded-proto", "http")).await;
    }
    assert_eq!(
        warnings(&server),
        [
            "BETTER_AUTH_URL is https://api.week.example, but a browser asked for week.example: set it to the address that \
             browsers use, or let the proxy pass the host on",
            "BETTER_AUTH_URL is https://api.week.example, but a browser came by http: browsers lose their cookies so; set \
             it to the address that browsers use"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_counted_is_named_once() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    for _ in 0..2 {
        send(Client::new().get(server.at("/")).header("x-forwarded-for", "203.0.113.7")).await;
    }
    assert_eq!(
        warnings(&server),
        [
            "requests come through a proxy, but TRUSTED_PROXIES is not set: all clients count as one for the rate limits; set \
         it to the number of your proxies"
        ]
    );
}
