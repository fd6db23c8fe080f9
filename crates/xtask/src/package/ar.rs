//! Writes ar archives, which Debian's packages are.

use anyhow::{Result, ensure};

/// The archive of these members, in this order.
pub(super) fn archive(members: &[(&str, Vec<u8>)], time: u64) -> Result<Vec<u8>> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let header = format!(
            "{name:<16}{time:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0,
            0,
            "100644",
            content.len()
        );
        ensure!(header.len() == 60, "{name} does not fit into an ar archive");
        bytes.extend(header.as_bytes());
        bytes.extend(content);
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_begins_at_an_even_place() {
        let bytes = archive(
            &[
                ("debian-binary", b"2.0".to_vec()),
                ("data.tar.gz", b"d".to_vec()),
            ],
            5,
        )
        .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let first = "!<arch>\ndebian-binary   5           0     0     100644  3         `\n2.0\n";
        assert!(
            text.starts_with(first) && text[first.len()..].starts_with("data.tar.gz     5 "),
            "{text}"
        );
    }

    #[test]
    fn a_name_that_no_header_holds_is_an_error() {
        assert!(archive(&[("a-member-with-a-long-name", Vec::new())], 0).is_err());
    }
}
