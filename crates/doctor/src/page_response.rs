use super::{
    fetch::Answer,
    finding::{Findings, error, note, warning},
    page::Page,
};

/// The page in a response; `None`, with a finding, if it is not a page.
pub(super) fn page(answer: &Answer, findings: &mut Findings) -> Option<Page> {
    let address = &answer.url;
    if let Some(first) = answer.redirects.first() {
        let says = format!("{first} redirects to {address}. What follows is about the latter.");
        findings.push(note(
            "page-redirects",
            says,
            format!("Give the doctor the address itself: {address}"),
        ));
    }
    let by_hand = "save the page in your browser (as it comes, with Ctrl+U), and run: gema doctor FILE --address ADDRESS";
    match answer.status {
        401 | 407 => {
            let says = "The page asks for a password, so nobody can say what is on it.";
            findings.push(error(
                "page-password",
                says,
                format!("Open it for the doctor, or {by_hand}"),
            ));
            return None;
        }
        status if !answer.is_success() => {
            let says = format!("The page answers with HTTP status {status}.");
            let write = format!(
                "Give the address of a page that readers see. If the server refuses programs, {by_hand}"
            );
            findings.push(error("page-status", says, write));
            return None;
        }
        _ => {}
    }
    let media = answer.media();
    let text = answer.text();
    let is_html = match media.as_str() {
        "text/html" | "application/xhtml+xml" => true,
        "" => text.contains('<'),
        _ => false,
    };
    if !is_html {
        let says = format!("The address is no HTML page: its content type is `{media}`.");
        findings.push(
            error(
                "page-not-html",
                says,
                "Give the address of an article's page.",
            )
            .found(&media),
        );
        return None;
    }
    if answer.is_cut {
        let says = format!(
            "The page is longer than {} MiB; only its beginning was examined.",
            super::MAX_PAGE_BYTES >> 20
        );
        findings.push(warning(
            "page-too-long",
            says,
            "Make the page smaller, or put the tag into its head.",
        ));
    }
    let names = [
        "content-security-policy",
        "content-security-policy-report-only",
        "cross-origin-embedder-policy",
    ];
    let headers = names.iter().flat_map(|name| {
        answer
            .values(name)
            .into_iter()
            .map(|value| ((*name).to_owned(), value))
    });
    Some(Page::parse(&text, address, &headers.collect::<Vec<_>>()))
}
