/// Whether a value is an unfilled placeholder of a template.
pub(super) fn is_placeholder(value: &str) -> bool {
    let open = ["{{", "{%", "<?", "${", "[[", "%%", "<%", "#{"];
    // Text that programs produce for missing values.
    let absent = ["undefined", "null", "NaN", "None", "[object Object]"];
    open.iter().any(|mark| value.contains(mark))
        || absent.contains(&value)
        || ["SITE", "KEY", "TITLE", "ADDRESS", "ID"].contains(&value)
        || value.contains("//gema.example/")
        || is_variable(value)
}

/// Whether the value is a variable of some template language: `{id}`, `$id`, `@Model.Id`, `%s`, `%POST_ID%`, `__ID__`.
fn is_variable(value: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    let within = |begin: &str, end: &str| {
        value
            .strip_prefix(begin)
            .and_then(|rest| rest.strip_suffix(end))
    };
    ["$", "@"]
        .iter()
        .any(|mark| value.strip_prefix(mark).is_some_and(is_name))
        || [("{", "}"), ("%", "%"), ("__", "__")]
            .iter()
            .any(|(begin, end)| within(begin, end).is_some_and(is_name))
        || ["%s", "%d"].contains(&value)
}
