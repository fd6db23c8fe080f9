/// Removes device names, which can be anything: there are phones called `M bot 54`, `IDbot553` and `Spider 8`. They
/// follow `Android 7.0;` in the first parentheses, or are the fields of an app's `Android (31/12; …)` or a
/// television's `HbbTV/1.5.1 (…)`. The agent is in lower case.
pub(super) fn without_devices(agent: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(agent.len()), agent);
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        let (brackets, after) = from.split_at(closed(from));
        kept.push_str(before);
        let last = before.trim_end().rsplit(' ').next().unwrap_or_default();
        if last != "android" && !last.starts_with("hbbtv/") {
            keep_without_device(brackets, &mut kept);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// Length of the text up to the closing parenthesis that matches its first character.
fn closed(from: &str) -> usize {
    let mut depth = 0;
    let end = from.bytes().position(|letter| {
        depth += match letter {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.map_or(from.len(), |at| at + 1)
}

/// Keeps `(linux; android 7.0; m bot 54 build/nrd90m)` without the fields after the version, except those that contain
/// a version themselves.
fn keep_without_device(brackets: &str, kept: &mut String) {
    let mut fields = brackets.split_inclusive(';');
    for field in fields.by_ref() {
        kept.push_str(field);
        if field.trim_start_matches(['(', ' ']).starts_with("andr") {
            break;
        }
    }
    let named = fields.map(|field| field.split(" build/").next().unwrap_or_default());
    kept.extend(named.filter(|field| field.contains('/') || field.contains("compatible")));
}
