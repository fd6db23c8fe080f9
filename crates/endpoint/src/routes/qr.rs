use std::fmt::Write;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use qrcode::{Color, EcLevel, QrCode};
use url::Url;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, MAX_QR_BYTES, SiteId};

use super::{
    OfSite, cached,
    extract::{query, value},
    problems::OfDrawing,
};
use crate::{app::App, config::Site, key::article_key, problem::Problem};

/// How many CSS pixels a module has at least, for a camera to tell it from its neighbours; and the least width of a code.
const MODULE: usize = 3;
const LEAST: usize = 200;

/// Light modules around the code, which readers need to find it (ISO/IEC 18004).
const QUIET: usize = 4;

/// The address of an article rarely changes.
const CACHE: &str = "public, max-age=3600";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(qr))
}

/// The QR code of an article's address.
///
/// The newsroom's own word for it, where the endpoint has a copy, stands above the page's, which must be one of the
/// site's: this draws no codes for others.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/qr.svg",
    tag = "reading",
    params(
        ("site" = SiteId, Path),
        ("article" = Option<ArticleKey>, Query),
        ("url" = Option<String>, Query, description = "The address, for an article that the endpoint has no copy of"),
    ),
    responses(
        (status = OK, content_type = "image/svg+xml", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        OfDrawing
    ),
)]
async fn qr(State(app): State<App>, OfSite(site): OfSite, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let known = match value(&pairs, "article") {
        Some(key) => {
            let key = article_key(key).map_err(|invalid| Problem::field("article", format!("The key {invalid}.")))?;
            app.store.article(&site.id, &key).await?.and_then(|article| article.url)
        }
        None => None,
    };
    let address = match (known, value(&pairs, "url")) {
        (Some(known), _) => known,
        (None, Some(url)) => of_site(&site, url)?,
        (None, None) => {
            return Err(Problem::field(
                "url",
                "The endpoint does not know the article's address. Name it: &url=https://…",
            ));
        }
    };
    let svg = draw(&address).ok_or_else(|| {
        let detail = "The address is too long for a QR code that a phone can read.";
        Problem::field("url", detail).with_limit(MAX_QR_BYTES)
    })?;
    Ok(cached::bytes(&headers, "image/svg+xml", CACHE, svg.into_bytes()))
}

/// The address, if it is of one of the site's own pages.
fn of_site(site: &Site, text: &str) -> Result<String, Problem> {
    let url = Url::parse(text).map_err(|_| Problem::field("url", "Write the whole address: https://…"))?;
    let origin = url.origin().ascii_serialization();
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if is_plain && site.origins.iter().any(|listed| listed.matches(&origin)) {
        return Ok(url.into());
    }
    let detail = format!("The address is not one of a page of the site `{}`. See its `origins`.", site.id);
    Err(Problem::new(StatusCode::FORBIDDEN, detail).in_field("url"))
}

/// The code as SVG, one unit a module, each row's runs of dark modules as one path. It says how wide it wants to be drawn. `None`
/// if the address is too long.
fn draw(address: &str) -> Option<String> {
    let code = encode(address)?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let pixels = LEAST.max(MODULE * side);
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

/// With less error correction where a code would be large otherwise: nothing soils a screen, and larger modules are easier to read.
fn encode(address: &str) -> Option<QrCode> {
    if address.len() > MAX_QR_BYTES {
        return None;
    }
    let code = |level| QrCode::with_error_correction_level(address, level).ok();
    code(EcLevel::M).filter(|code| (code.width() + 2 * QUIET) * MODULE <= LEAST).or_else(|| code(EcLevel::L))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The dark modules of the drawing, as the path says.
    fn dark(svg: &str) -> Vec<(usize, usize)> {
        let path = svg.rsplit_once("<path d=\"").unwrap().1.split_once('"').unwrap().0;
        let mut modules = Vec::new();
        for run in path.split('M').skip(1) {
            let (start, rest) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            modules.extend((x..x + length).map(|x| (x, y)));
        }
        modules
    }

    #[test]
    fn every_dark_module_is_drawn_once_inside_the_quiet_zone() {
        let text = "https://news.example/2015/11/fgd-e-government-korea";
        let code = encode(text).unwrap();
        let colors = code.to_colors();
        let expected: Vec<_> = (0..code.width() * code.width())
            .filter(|at| colors[*at] == Color::Dark)
            .map(|at| (at % code.width() + QUIET, at / code.width() + QUIET))
            .collect();
        let svg = draw(text).unwrap();
        assert_eq!(dark(&svg), expected);
        assert!(svg.contains(&format!("viewBox=\"0 0 {0} {0}\"", code.width() + 8)));
    }

    fn side(svg: &str) -> usize {
        svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once(' ').unwrap().0.parse().unwrap()
    }

    fn width(svg: &str) -> usize {
        svg.split_once(" width=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    }

    /// What a phone's camera reads, with so many pixels a module.
    fn read(svg: &str, scale: usize) -> String {
        let (side, modules) = (side(svg), dark(svg).into_iter().collect::<HashSet<_>>());
        let shade = |x: usize, y: usize| if modules.contains(&(x / scale, y / scale)) { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, shade);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_camera_reads_the_address() {
        for text in ["https://news.example/", "https://news.example/berita?judul=caf%C3%A9&id=123#isi"] {
            assert_eq!(read(&draw(text).unwrap(), 4), text);
        }
    }

    #[test]
    fn a_code_is_as_wide_as_its_modules_need() {
        for length in [30, 100, 300, 600, 1000, MAX_QR_BYTES] {
            let address = format!("https://news.example/{}", "a".repeat(length - 21));
            let svg = draw(&address).unwrap();
            assert!(width(&svg) >= 200 && width(&svg) >= 3 * side(&svg), "{length}: {}", width(&svg));
            assert!(width(&svg) <= 360, "{length}: {}", width(&svg));
            assert_eq!(read(&svg, 3), address);
        }
        assert_eq!(width(&draw("https://news.example/2015/11/17/fgd-e-government-korea").unwrap()), 200);
    }

    #[test]
    fn there_is_no_code_of_an_address_that_would_be_too_fine() {
        assert!(draw(&"x".repeat(MAX_QR_BYTES + 1)).is_none());
    }
}
