use std::{cell::Cell, time::Duration};

use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tokio::time::Instant;

/// The last header of a response, `Date`, with the empty line after it.
pub(super) type DateLine = [u8; LENGTH];

const LENGTH: usize = b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n".len();

thread_local! {
    /// The line that was rendered last, and when its second ends.
    static RENDERED: Cell<Option<(Instant, DateLine)>> = const { Cell::new(None) };
}

/// The line of this moment. Rendered once a second.
pub(super) fn date_line(now: Instant) -> DateLine {
    let rendered = RENDERED.get().filter(|(end, _)| now < *end);
    let (_, line) = rendered.unwrap_or_else(|| {
        let new = render(now, Timestamp::now());
        RENDERED.set(Some(new));
        new
    });
    line
}

fn render(now: Instant, time: Timestamp) -> (Instant, DateLine) {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&time);
    // Only years that no clock has cannot be printed.
    let line = format!("date: {}\r\n\r\n", date.unwrap_or_default());
    let line = line.as_bytes().try_into().unwrap_or([b' '; LENGTH]);
    let nanoseconds = u32::try_from(time.subsec_nanosecond()).unwrap_or(0);
    let end = now + Duration::from_secs(1) - Duration::new(0, nanoseconds);
    (end, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_line_is_valid_until_its_second_ends() {
        let now = Instant::now();
        let time = "1994-11-06T08:49:37.25Z".parse().unwrap();
        let (end, line) = render(now, time);
        assert_eq!(&line[..], b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
        assert_eq!(end - now, Duration::from_millis(750));
    }
}
