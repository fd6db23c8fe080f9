//! Which problems which routes answer with, as the OpenAPI document tells.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder, Schema,
        schema::{ObjectBuilder, Type},
    },
};

use crate::problem::Problem;

/// By status: what it means, and whether it says when to ask again.
const PROBLEMS: [(u16, &str, bool); 10] = [
    (400, "A field of the request is wrong.", false),
    (401, "The site's key is missing or another one.", false),
    (403, "Whoever asks may not.", false),
    (404, "There is no such site or article.", false),
    (409, "The key is another article's now.", false),
    (413, "The request is too large.", false),
    (414, "The query is too long.", false),
    (415, "It is of another media type.", false),
    (429, "Too much at once; nothing was applied.", true),
    (503, "It cannot be done at the moment; nothing was applied.", true),
];

/// A set of problems.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $statuses:expr;)*) => {
        $($(#[$doc])* pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                responses(&$statuses)
            }
        })*
    };
}

problems! {
    /// Of a question that anybody may ask.
    OfReading [400, 404, 414, 503];
    /// Of the widget as it is drawn here: for some readers alone, and so within limits.
    OfDrawn [400, 404, 414, 429, 503];
    /// Of a form of such a page.
    OfFraming [400, 403, 404, 413, 414, 415, 429, 503];
    /// Of counts that are watched.
    OfWatching [400, 404, 414, 503];
    /// Of what readers send.
    OfWriting [400, 403, 404, 413, 415, 429, 503];
    /// Of what a newsroom asks.
    OfShowing [400, 401, 403, 404, 414, 503];
    /// Of what a newsroom sends.
    OfPutting [400, 401, 403, 404, 409, 413, 414, 415, 503];
    /// Of the QR code.
    OfDrawing [400, 403, 404, 414, 503];
    /// Of nothing but the store.
    OfStoring [503];
}

fn responses(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let listed = PROBLEMS.iter().filter(|(status, ..)| statuses.contains(status));
    listed.map(|(status, meaning, later)| (status.to_string(), response(meaning, *later).into())).collect()
}

fn response(meaning: &str, later: bool) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let response = ResponseBuilder::new().description(meaning).content("application/problem+json", content);
    let seconds: RefOr<Schema> = ObjectBuilder::new().schema_type(Type::Integer).into();
    match later {
        true => response.header("Retry-After", Header::new(seconds)).build(),
        false => response.build(),
    }
}
