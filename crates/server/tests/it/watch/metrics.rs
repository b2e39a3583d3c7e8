//! `GET /metrics`.

use std::net::TcpListener;

use reqwest::StatusCode;

use crate::{
    person::{Person, Reply, get},
    postgres::Database,
    running::Running,
};

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_in_numbers_what_was_answered() {
    let database = Database::ready().await;
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = Running::start_with(&database, &[("METRICS_ADDR", &address)]);
    let ada = Person::sign_up(&server, "ada").await;
    ada.week("2030-01-06").await;
    for made_up in ["/wp-login.php", "/.env"] {
        assert_eq!(get(&server, made_up).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(get(&server, "/metrics").await.status, StatusCode::NOT_FOUND, "the public sees none");

    let reply = Reply::read(reqwest::get(format!("http://{address}/metrics")).await.unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    for expected in [
        "weekwise_http_requests_total{method=\"POST\",route=\"/api/auth/sign-up/email\",status=\"200\"} 1\n",
        "weekwise_http_requests_total{method=\"GET\",route=\"/trpc/{*path}\",status=\"200\"} 1\n",
        "weekwise_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 3\n",
        "weekwise_http_request_duration_seconds_count{route=\"/trpc/{*path}\"} 1\n",
        "weekwise_http_request_duration_seconds_bucket{le=\"+Inf\",route=\"/trpc/{*path}\"} 1\n",
        "weekwise_database_up 1\n",
        concat!("weekwise_server_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1\n"),
    ] {
        assert!(reply.text.contains(expected), "{expected} is not in {}", reply.text);
    }
    assert!(!reply.text.contains("wp-login"), "what a client makes up is no label: {}", reply.text);
    assert!(reply.text.ends_with("# EOF\n"));
}
