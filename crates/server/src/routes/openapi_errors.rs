//! Sets of error responses, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder, Schema,
        schema::{ObjectBuilder, Type},
    },
};

use crate::problem::Problem;

/// Status, description, and whether the response has `Retry-After`.
const ERRORS: [(u16, &str, bool); 11] = [
    (400, "A field of the request is wrong.", false),
    (401, "The site's key is missing or wrong.", false),
    (403, "It is not allowed.", false),
    (404, "There is no such site or article.", false),
    (408, "The body took too long.", false),
    (409, "The key now belongs to another article.", false),
    (413, "The request is too large.", false),
    (414, "The query is too long.", false),
    (415, "The media type is not supported.", false),
    (429, "Too much at once; nothing was applied.", true),
    (
        503,
        "It cannot be done at the moment; nothing was applied.",
        true,
    ),
];

/// Defines sets of error responses.
macro_rules! error_sets {
    ($($(#[$doc:meta])* $name:ident $statuses:expr;)*) => {
        $($(#[$doc])* pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                responses(&$statuses)
            }
        })*
    };
}

error_sets! {
    /// Errors of public reads, which are rate-limited unless they are cached.
    ReadErrors [400, 404, 414, 429, 503];
    /// Errors of a form in the frame.
    FrameErrors [400, 403, 404, 413, 414, 415, 429, 503];
    /// Errors of reads of other counters' clients.
    ClientReadErrors [400, 404, 414, 429, 503];
    /// Errors of writes of other counters' clients.
    ClientWriteErrors [400, 403, 404, 408, 413, 414, 415, 429, 503];
    /// Errors of live counts.
    LiveErrors [400, 404, 414, 503];
    /// Errors of readers' writes.
    WriteErrors [400, 403, 404, 413, 415, 429, 503];
    /// Errors of a newsroom's reads.
    NewsroomReadErrors [400, 401, 403, 404, 414, 503];
    /// Errors of a newsroom's writes.
    NewsroomWriteErrors [400, 401, 403, 404, 409, 413, 414, 415, 503];
    /// Errors of the newsroom's numbers on the site's own pages.
    OverlayErrors [400, 403, 404, 414, 429, 503];
    /// Errors of QR codes.
    QrErrors [400, 403, 404, 414, 429, 503];
    /// Errors of health checks.
    HealthErrors [503];
}

fn responses(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let listed = ERRORS
        .iter()
        .filter(|(status, ..)| statuses.contains(status));
    listed
        .map(|(status, meaning, later)| (status.to_string(), response(meaning, *later).into()))
        .collect()
}

fn response(meaning: &str, later: bool) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Problem::name())))
        .build();
    let response = ResponseBuilder::new()
        .description(meaning)
        .content("application/problem+json", content);
    let seconds: RefOr<Schema> = ObjectBuilder::new().schema_type(Type::Integer).into();
    match later {
        true => response.header("Retry-After", Header::new(seconds)).build(),
        false => response.build(),
    }
}
