use crate::section::section;

/// Sites whose name has a dot and no quotes, which TOML takes for a table within a table: how to write each.
pub(super) fn unquoted_sites(text: &str) -> Vec<String> {
    let Ok(file) = text.parse::<toml::Table>() else { return Vec::new() };
    let mut faults = Vec::new();
    for (name, site) in file.get("sites").and_then(toml::Value::as_table).into_iter().flatten() {
        look_within(name, site, &mut faults);
    }
    faults
}

/// Looks for sections of sites within that table, which is none.
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
