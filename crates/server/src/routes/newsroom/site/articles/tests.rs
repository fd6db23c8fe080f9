use super::*;

#[test]
fn csv_cells_are_no_formulas_and_keep_quotes() {
    for (text, written) in [
        ("/a", "/a"),
        ("a, \"b\"", "\"a, \"\"b\"\"\""),
        ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
        ("+62", "\"'+62\""),
        ("-12", "-12"),
        ("-1+1", "\"'-1+1\""),
        ("-", "\"'-\""),
        ("@sum", "\"'@sum\""),
        ("\tx", "\"'\tx\""),
        ("two\nlines", "\"two\nlines\""),
        ("a;=b", "\"a;'=b\""),
        ("a; \"+b\"", "\"a; \"\"'+b\"\"\""),
        ("a\n@b", "\"a\n'@b\""),
        ("a, -b", "\"a, -b\""),
        ("a;b", "\"a;b\""),
        ("a; =1+1", "\"a; '=1+1\""),
        ("a\n=1+1", "\"a\n'=1+1\""),
        ("\"=1+1", "\"\"\"'=1+1\""),
    ] {
        assert_eq!(cell(text), written);
    }
}

/// What a spreadsheet takes for cells: quotes count only where a cell begins with one.
fn cells_of(row: &str, separator: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = row.chars().peekable();
    let mut is_start = true;
    while let Some(c) = chars.next() {
        let last = cells.last_mut().unwrap();
        if is_quoted && c == '"' {
            match chars.next_if_eq(&'"') {
                Some(quote) => last.push(quote),
                None => is_quoted = false,
            }
        } else if !is_quoted && c == '"' && is_start {
            is_quoted = true;
        } else if !is_quoted && (c == separator || c == '\n' || c == '\r') {
            cells.push(String::new());
            is_start = true;
            continue;
        } else {
            last.push(c);
        }
        is_start = false;
    }
    cells
}

#[test]
fn csv_has_no_formula_whatever_separates_its_cells() {
    for title in [
        "=1+1",
        "a;=cmd|'/C calc'!A0;b",
        "a; =1+1",
        "a;\"=1+1",
        "\";=1+1;\"",
        "a\t=1+1",
        "a\n@sum",
        ";;+62",
    ] {
        let mut csv = String::new();
        push_row(&mut csv, ["/a", title, "b"].map(str::to_owned).into_iter());
        for separator in [',', ';', '\t'] {
            for cell in cells_of(csv.trim_end(), separator) {
                let first = cell.trim_start_matches(['"', ' ']).chars().next();
                assert!(
                    !first.is_some_and(|c| "=+-@".contains(c)),
                    "{title:?} by {separator:?}: {cell:?}"
                );
            }
        }
    }
}
