//! `GET /metrics`: what this process has done, in numbers, for Prometheus. It has a listener of its own (`METRICS_ADDR`),
//! since it is for operators alone.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

use crate::{Server, health::has_database};

/// OpenMetrics, which Prometheus reads.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the classes into which durations are counted, in seconds: a reply takes about a millisecond, a sign-in
/// a tenth of a second, and none more than thirty.
const CLASSES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What is counted.
#[derive(Clone)]
pub struct Metrics(Arc<Counts>);

struct Counts {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    database_up: Gauge,
    in_use: Gauge,
    idle: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

impl Metrics {
    /// Nothing was done yet, by a process that may open `connection_limit` connections to Postgres.
    pub fn new(connection_limit: u32) -> Self {
        let mut registry = Registry::with_prefix("weekwise");
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("server", "The program", Info::new(version));
        let requests = Family::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let durations = Family::new_with_constructor((|| Histogram::new(CLASSES)) as fn() -> Histogram);
        let told = "How long requests took until they were answered";
        registry.register_with_unit("http_request_duration", told, Unit::Seconds, durations.clone());
        let [database_up, in_use, idle, limit]: [Gauge; 4] = Default::default();
        registry.register("database_up", "1 while the database answers, else 0", database_up.clone());
        registry.register("database_connections_in_use", "Connections to Postgres that are at work", in_use.clone());
        registry.register("database_connections_idle", "Connections to Postgres that wait for work", idle.clone());
        registry.register("database_connections_limit", "The most connections of this process", limit.clone());
        limit.set(connection_limit.into());
        Self(Arc::new(Counts { registry, requests, durations, database_up, in_use, idle }))
    }

    /// Counts a request. `route` is the pattern of its route, none where there is no such route: what a client writes is
    /// never a label, since each new label takes memory for good.
    pub fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let route = route.unwrap_or("none");
        let answered = Answered { method: known(method), route: route.to_owned(), status: status.as_u16() };
        self.0.requests.get_or_create_owned(&answered).inc();
        self.0.durations.get_or_create_owned(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}

fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// What the listener for operators answers.
pub(crate) fn metrics_router(server: Server) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(server)
}

async fn metrics(State(server): State<Server>) -> Response {
    let counts = &server.metrics.0;
    counts.database_up.set(has_database(&server.pool).await.into());
    let (open, idle) = (server.pool.size(), server.pool.num_idle());
    counts.idle.set(idle as i64);
    counts.in_use.set(i64::from(open).saturating_sub(idle as i64).max(0));
    let mut text = String::new();
    encode(&mut text, &counts.registry).expect("a string takes whatever is written to it");
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_makes_up_is_no_label() {
        let metrics = Metrics::new(5);
        for method in ["GET", "BREW", "STIR"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            metrics.answered(&method, None, StatusCode::NOT_FOUND, Duration::from_millis(3));
        }
        let mut text = String::new();
        encode(&mut text, &metrics.0.registry).unwrap();
        assert!(
            text.contains("weekwise_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 2"),
            "{text}"
        );
        assert!(
            text.contains("weekwise_http_request_duration_seconds_bucket{le=\"0.005\",route=\"none\"} 3"),
            "{text}"
        );
        assert!(text.contains("weekwise_database_connections_limit 5"), "{text}");
    }
}
