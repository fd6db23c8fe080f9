use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    nginx::Nginx,
    page::Draft,
    patience::wait,
    reader::Reader,
};

#[test]
fn every_page_finds_its_files_during_a_rolling_upgrade() {
    let (old, new) = (Newsroom::open(), Newsroom::of_the_next_release());
    let [of_old, of_new] = [files(&old), files(&new)];
    assert!(
        of_old.iter().all(|file| !of_new.contains(file)),
        "{of_old:?}, {of_new:?}"
    );
    let nginx = Nginx::before(&[old.address(), new.address()]);
    for (newsroom, own, other) in [(&old, &of_old, &of_new), (&new, &of_new, &of_old)] {
        for file in own {
            assert_eq!(
                [
                    status(&newsroom.url(file)),
                    status(&newsroom.url(&other[0]))
                ],
                [200, 404],
                "{file}"
            );
            // Several requests, because nginx forwards each to one of the two endpoints.
            for _ in 0..4 {
                assert_eq!(
                    status(&format!("http://{}{file}", nginx.address)),
                    200,
                    "{file}"
                );
            }
        }
    }
    let tag = format!(
        r#"<script async src="http://{}/embed.js" data-site="{SITE}"></script>"#,
        nginx.address
    );
    let page = Draft::article(&tag, "").served();
    let reader = Reader::new();
    for _ in 0..4 {
        reader.loads(&page);
    }
    reader.console_is_quiet();
}

/// The files that its pages request.
fn files(newsroom: &Newsroom) -> Vec<String> {
    let article = ARTICLE.replace(' ', "%20");
    let view = newsroom.get(&format!("/v1/sites/{SITE}/view?article={article}"));
    let view: serde_json::Value = serde_json::from_str(&view).expect("a view");
    let name = |kind| {
        view["assets"][kind]
            .as_str()
            .expect("a name")
            .trim_start_matches('/')
            .to_owned()
    };
    ["js", "wasm", "css"]
        .map(|kind| format!("/{}", name(kind)))
        .to_vec()
}

fn status(url: &str) -> u16 {
    wait(reqwest::get(url))
        .expect("an answer")
        .status()
        .as_u16()
}
