use std::collections::HashSet;

use super::*;

/// The dark modules of the drawing, according to its path.
fn dark(svg: &str) -> Vec<(usize, usize)> {
    let path = svg
        .rsplit_once("<path d=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let mut modules = Vec::new();
    for run in path.split('M').skip(1) {
        let (start, rest) = run.split_once('h').unwrap();
        let (x, y) = start.split_once(' ').unwrap();
        let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
        let x: usize = x.parse().unwrap();
        let y: usize = y.parse().unwrap();
        modules.extend((x..x + length).map(|x| (x, y)));
    }
    modules
}

#[tokio::test]
async fn a_code_is_drawn_once() {
    let codes = Arc::new(QrCache::default());
    let queue = WorkQueue::default();
    let address = "https://news.example/a";
    let [first, again] = [
        codes.of(&queue, None, address).await,
        codes.of(&queue, None, address).await,
    ]
    .map(Result::unwrap);
    assert_eq!(first.as_ptr(), again.as_ptr(), "the same bytes");
    assert_eq!(first, draw(address).unwrap().into_bytes());
    for number in 0..400 {
        codes
            .of(
                &queue,
                None,
                &format!("https://news.example/{number}/{}", "a".repeat(200)),
            )
            .await
            .unwrap();
    }
    assert!(codes.drawn.weight() <= QR_CACHE_BYTES);
    assert_eq!(
        codes.of(&queue, None, &"x".repeat(MAX_QR_BYTES + 1)).await,
        Err(NoCode::TooLong)
    );
}

#[test]
fn every_dark_module_is_drawn_once_inside_the_quiet_zone() {
    let text = "https://news.example/2015/11/fgd-e-government-korea";
    let code = encode(text).unwrap();
    let places = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y)));
    let expected: Vec<_> = places
        .filter(|&(x, y)| code[y][x].value())
        .map(|(x, y)| (x + QUIET_ZONE_MODULES, y + QUIET_ZONE_MODULES))
        .collect();
    let svg = draw(text).unwrap();
    assert_eq!(dark(&svg), expected);
    assert!(svg.contains(&format!("viewBox=\"0 0 {0} {0}\"", code.size + 8)));
}

fn side(svg: &str) -> usize {
    svg.split_once("viewBox=\"0 0 ")
        .unwrap()
        .1
        .split_once(' ')
        .unwrap()
        .0
        .parse()
        .unwrap()
}

fn width(svg: &str) -> usize {
    svg.split_once(" width=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .parse()
        .unwrap()
}

/// Decodes the drawing like a phone's camera, at `scale` pixels per module.
fn read(svg: &str, scale: usize) -> String {
    let side = side(svg);
    let modules = dark(svg).into_iter().collect::<HashSet<_>>();
    let shade = |x: usize, y: usize| {
        if modules.contains(&(x / scale, y / scale)) {
            0
        } else {
            255
        }
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, shade);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn a_camera_reads_the_address() {
    for text in [
        "https://news.example/",
        "https://news.example/berita?judul=caf%C3%A9&id=123#isi",
    ] {
        assert_eq!(read(&draw(text).unwrap(), 4), text);
    }
}

#[test]
fn a_code_is_as_wide_as_its_modules_need() {
    for length in [30, 100, 300, 600, 1000, MAX_QR_BYTES] {
        let address = format!("https://news.example/{}", "a".repeat(length - 21));
        let svg = draw(&address).unwrap();
        assert!(
            width(&svg) >= 200 && width(&svg) >= 3 * side(&svg),
            "{length}: {}",
            width(&svg)
        );
        assert!(width(&svg) <= 360, "{length}: {}", width(&svg));
        assert_eq!(read(&svg, 3), address);
    }
    assert_eq!(
        width(&draw("https://news.example/2015/11/17/fgd-e-government-korea").unwrap()),
        200
    );
}

/// An address of a length, whose characters differ by the seed.
fn address(length: usize, seed: usize) -> String {
    let characters = b"abcdefghijklmnopqrstuvwxyz0123456789-_./?=&%";
    let start = "https://news.example/";
    let rest = (start.len()..length).map(|at| {
        let place = (at + seed).wrapping_mul(2_654_435_761) >> 7;
        char::from(characters[place % characters.len()])
    });
    start.chars().chain(rest).take(length).collect()
}

#[test]
fn a_code_of_every_length_is_read() {
    // Every version from 1 to 27, and both levels. A prime step reaches other lengths of each version.
    for length in (21..=MAX_QR_BYTES).step_by(31) {
        let address = address(length, length);
        assert_eq!(read(&draw(&address).unwrap(), 3), address, "{length}");
    }
    for length in [MAX_BYTES_AT_MEDIUM, MAX_BYTES_AT_MEDIUM + 1, MAX_QR_BYTES] {
        let address = address(length, 1);
        assert_eq!(read(&draw(&address).unwrap(), 3), address, "{length}");
    }
}

#[test]
fn a_short_address_has_more_error_correction() {
    let level = |length| {
        encode(&address(length, 1))
            .unwrap()
            .ecl
            .map(|level| level as usize)
    };
    assert_eq!(level(MAX_BYTES_AT_MEDIUM), Some(ECL::M as usize));
    assert_eq!(level(MAX_BYTES_AT_MEDIUM + 1), Some(ECL::L as usize));
    assert_eq!(
        width(&draw(&address(MAX_BYTES_AT_MEDIUM, 1)).unwrap()),
        MIN_CODE_PX
    );
}

#[test]
fn there_is_no_code_of_an_address_that_would_be_too_fine() {
    assert!(draw(&"x".repeat(MAX_QR_BYTES + 1)).is_none());
}
