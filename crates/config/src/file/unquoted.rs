use text::section::section;

/// The correct spelling of each site whose name has a dot but no quotes, which TOML parses as nested tables.
pub(super) fn unquoted_sites(text: &str) -> Vec<String> {
    let Ok(file) = text.parse::<toml::Table>() else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for (name, site) in file
        .get("sites")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
    {
        look_within(name, site, &mut faults);
    }
    faults
}

/// Searches a table that is not a site for sections of sites.
fn look_within(name: &str, table: &toml::Value, faults: &mut Vec<String>) {
    for (part, inner) in table.as_table().into_iter().flatten() {
        let name = format!("{name}.{part}");
        if inner.get("origins").is_some() {
            faults.push(format!(
                "[sites.{name}] is no section of a site: write a name with dots in quotes, {}",
                section(&name)
            ));
        }
        look_within(&name, inner, faults);
    }
}
