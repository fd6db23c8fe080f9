use toml::{Table, Value};
use wire::Labels;

/// The labels with a site's overrides: a text, or for a plural also a table of CLDR categories.
///
/// # Errors
/// A sentence that names the label that does not exist or has the wrong shape, and what is allowed.
pub(super) fn apply(labels: &Labels, own: &Table) -> Result<Labels, String> {
    // Labels are texts and tables of texts, which TOML represents exactly.
    let mut table = Table::try_from(labels).map_err(|error| error.to_string())?;
    for (key, value) in own {
        let Some(label) = table.get_mut(key) else {
            let known: Vec<_> = table.keys().map(String::as_str).collect();
            return Err(format!(
                "`{key}` is not a label. Labels: {}",
                known.join(", ")
            ));
        };
        *label = replacement(label, value).ok_or_else(|| wrong_shape(key, label))?;
    }
    Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| error.to_string())
}

/// The new value, if it has a shape that the label allows.
fn replacement(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::String(_), Value::String(_)) => Some(new.clone()),
        (Value::Table(_), Value::String(_)) => Some(Value::Table(Table::from_iter([(
            "other".to_owned(),
            new.clone(),
        )]))),
        (Value::Table(_), Value::Table(forms)) => {
            let is_category =
                |key: &str| ["zero", "one", "two", "few", "many", "other"].contains(&key);
            let fits = forms.contains_key("other")
                && forms
                    .iter()
                    .all(|(key, form)| is_category(key) && form.is_str());
            fits.then(|| new.clone())
        }
        _ => None,
    }
}

fn wrong_shape(key: &str, label: &Value) -> String {
    let plural = ", or a table with `other` and any of `zero`, `one`, `two`, `few`, `many`";
    format!(
        "`{key}` must be a text{}",
        if label.is_table() { plural } else { "" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(own: &str) -> Result<Labels, String> {
        apply(
            &crate::file::find("id").unwrap().labels,
            &own.parse().unwrap(),
        )
    }

    #[test]
    fn a_site_puts_its_own_words_over_a_language() {
        let labels =
            with("share = 'Sebarkan'\nreads = 'Dibaca {n}×'\nresponses = { one = '{n} suara', other = '{n} suara' }")
                .unwrap();
        assert_eq!(labels.share, "Sebarkan");
        assert_eq!(labels.reads.text("one"), "Dibaca {n}×");
        assert_eq!(labels.responses.one.as_deref(), Some("{n} suara"));
        assert_eq!(labels.more, "Lainnya");
    }

    #[test]
    fn a_label_that_does_not_exist_is_named() {
        let error = with("shrae = 'Sebarkan'").unwrap_err();
        assert!(
            error.contains("`shrae`") && error.contains("share"),
            "{error}"
        );
    }

    #[test]
    fn a_label_of_the_wrong_shape_is_named() {
        assert_eq!(with("share = 5").unwrap_err(), "`share` must be a text");
        assert!(
            with("reads = { one = '{n}' }")
                .unwrap_err()
                .contains("`reads` must be a text, or a table with `other`")
        );
        assert!(with("reads = { other = '{n}', lots = '{n}' }").is_err());
    }
}
