//! Bar charts as SVG.

use std::fmt::Write;

const WIDTH_PX: f64 = 720.0;
const LABEL_WIDTH_PX: f64 = 260.0;
const ROW_HEIGHT_PX: f64 = 30.0;

/// The colour of our bars.
pub(crate) const OWN_COLOUR: &str = "#0b5fb0";
/// The colour of the bars that ours are compared with.
pub(crate) const OTHER_COLOUR: &str = "#b8bec8";

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) colour: &'static str,
}

/// A bar chart, one bar per row, under a heading.
pub(crate) fn bars(heading: &str, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let height = ROW_HEIGHT_PX * (bars.len() as f64 + 1.5);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH_PX} {height}\" font-family=\"system-ui, sans-serif\" \
         font-size=\"14\" role=\"img\">\n<title>{heading}</title>\n\
         <rect width=\"{WIDTH_PX}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"22\" font-weight=\"600\">{heading}</text>\n"
    );
    for (
        row,
        Bar {
            name,
            value,
            colour,
        },
    ) in bars.iter().enumerate()
    {
        let y = ROW_HEIGHT_PX * (row as f64 + 1.2);
        let width = (WIDTH_PX - LABEL_WIDTH_PX - 80.0) * value / most;
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{0:.0}\">{name}</text><rect x=\"{LABEL_WIDTH_PX}\" y=\"{1:.0}\" width=\"{width:.0}\" height=\"20\" \
             fill=\"{colour}\"/><text x=\"{2:.0}\" y=\"{0:.0}\">{value:.0}</text>",
            y + 16.0,
            y + 1.0,
            LABEL_WIDTH_PX + width + 8.0,
        );
    }
    svg + "</svg>\n"
}
