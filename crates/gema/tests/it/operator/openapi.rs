use std::{collections::BTreeSet, fs, path::Path, process::Command};

use axum::{body::Body, http::Request};
use serde_json::Value;

use crate::{api::clients::all_clients, site::TestSite};

fn document() -> Value {
    serde_json::from_str(&server::app::openapi().to_json().unwrap()).unwrap()
}

/// Method, path and description of each operation.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, methods)| {
        methods
            .as_object()
            .unwrap()
            .iter()
            .map(move |of| (path, of))
    });
    all.map(|(path, (method, operation))| (method.to_uppercase(), path.clone(), operation))
        .collect()
}

#[tokio::test]
async fn every_documented_operation_has_its_own_route() {
    let site = TestSite::with(|site| {
        site.live = true;
        site.clients = all_clients();
    });
    let document = document();
    for (method, path, operation) in operations(&document) {
        let request = Request::builder().method(&*method).uri(
            path.replace("{site}", "news")
                .replace("{page}", "a")
                .replace("{path}", "a"),
        );
        let reply = site.send(request.body(Body::empty()).unwrap()).await;
        let listed = operation["responses"].as_object().unwrap();
        let status = reply.status.as_str();
        assert!(
            listed.contains_key(status),
            "{method} {path}: {status} is not listed"
        );
        assert!(
            !matches!(status, "404" | "405"),
            "{method} {path} is no route"
        );
    }
    assert!(operations(&document).len() >= 12);
}

/// The text of every Rust file below a directory.
fn sources(dir: &Path) -> Vec<String> {
    let paths = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![fs::read_to_string(&path).unwrap()]
            }
        })
        .collect()
}

#[test]
fn no_route_for_programs_is_outside_of_the_document() {
    // Routes that are registered with their description do not contain this text.
    let routes = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src"));
    let routes: BTreeSet<_> = routes
        .iter()
        .flat_map(|text| text.split(".route(").skip(1))
        .collect();
    let paths: Vec<_> = routes
        .iter()
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    assert!(
        paths.contains(&"/embed.js"),
        "the search finds what is there"
    );
    let for_programs = |path: &&&str| path.starts_with("/v1") || path.starts_with("/health");
    assert_eq!(paths.iter().find(for_programs), None);
}

#[tokio::test]
async fn the_printed_openapi_document_equals_the_served() {
    let printed = Command::new(env!("CARGO_BIN_EXE_gema"))
        .arg("openapi")
        .output()
        .unwrap();
    let served = TestSite::new().get("/v1/openapi.json").await;
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(served.json::<Value>(), printed);
    assert_eq!(printed["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(served.header("access-control-allow-origin"), "*");
}

#[test]
fn every_reference_leads_somewhere_and_every_error_is_a_problem() {
    let document = document();
    let text = document.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
    for (method, path, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let problem =
                response["content"]["application/problem+json"]["schema"]["$ref"].as_str();
            assert_eq!(
                problem.is_some(),
                status.as_str() >= "400",
                "{method} {path} {status}"
            );
        }
    }
}

#[test]
fn each_form_is_described_by_its_own_fields() {
    let document = document();
    for (path, fields) in [
        (
            "reaction",
            vec!["article", "reaction", "seq", "stand_in", "visitor"],
        ),
        ("widget.html", vec!["reaction"]),
    ] {
        let body = &document["paths"][format!("/v1/sites/{{site}}/{path}")]["post"]["requestBody"]
            ["content"];
        let reference = body["application/x-www-form-urlencoded"]["schema"]["$ref"]
            .as_str()
            .unwrap();
        let schema = document
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap();
        let described: Vec<_> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(described, fields, "{path}");
    }
}
