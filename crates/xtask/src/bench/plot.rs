//! Bars of requests a CPU second, as SVG.

use std::fmt::Write;

use super::targets::Host;
use super::{Cell, Run};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 230.0;
const ROW: f64 = 30.0;

/// A bar for each target, at that many connections.
pub(crate) fn bars(cells: &[Cell], connections: usize) -> String {
    let cells: Vec<&Cell> = cells.iter().filter(|cell| cell.connections == connections).collect();
    let values: Vec<f64> = cells.iter().map(|cell| cell.median(Run::per_cpu_second)).collect();
    let most = values.iter().copied().fold(1.0, f64::max);
    let height = ROW * (cells.len() as f64 + 1.5);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"system-ui, sans-serif\" \
         font-size=\"14\" role=\"img\">\n<title>Requests a CPU second at {connections} connections</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"22\" font-weight=\"600\">Requests a CPU second of the server, {connections} connections</text>\n"
    );
    for (row, (cell, value)) in cells.iter().zip(values).enumerate() {
        let y = ROW * (row as f64 + 1.2);
        let width = (WIDTH - LEFT - 80.0) * value / most;
        let colour = if cell.target.host == Host::Nginx { "#b8bec8" } else { "#0b5fb0" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{0:.0}\">{name}</text><rect x=\"{LEFT}\" y=\"{1:.0}\" width=\"{width:.0}\" height=\"20\" \
             fill=\"{colour}\"/><text x=\"{2:.0}\" y=\"{0:.0}\">{value:.0}</text>",
            y + 16.0,
            y + 1.0,
            LEFT + width + 8.0,
            name = cell.target.name,
        );
    }
    svg + "</svg>\n"
}
