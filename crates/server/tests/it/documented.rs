//! `/openapi.json` says what there is.

use std::collections::BTreeSet;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use weekwise_server::trpc::Procedure;

use crate::{
    person::{get, send},
    postgres::Database,
    running::Running,
};

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get("$ref") {
                found.insert(target.clone());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_documented_is_there_and_what_is_there_is_documented() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let reply = get(&server, "/openapi.json").await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let document = reply.json();

    let paths = document["paths"].as_object().expect("there are routes");
    for (path, methods) in paths {
        for (method, route) in methods.as_object().expect("a path has methods") {
            let method: Method = method.to_uppercase().parse().unwrap();
            let status = send(Client::new().request(method.clone(), server.at(path))).await.status;
            assert!(
                status != StatusCode::NOT_FOUND && status != StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}: {status}"
            );
            let content = &route["responses"]["200"]["content"];
            let schema = [&content["application/json"]["schema"], &content["text/event-stream"]["schema"]];
            assert!(schema.iter().any(|schema| schema.is_object()), "{method} {path}");
        }
    }
    for procedure in Procedure::ALL {
        let path = format!("/trpc/{}", procedure.path());
        assert!(paths.contains_key(&path), "{path} is documented");
    }

    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for target in found {
        let pointer = target.strip_prefix('#').expect("what is referred to is in the document");
        assert!(document.pointer(pointer).is_some(), "{target} is there");
    }
}
