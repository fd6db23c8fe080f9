use super::{counts, mapping, names, refused};
use crate::*;

#[test]
fn open_hearts_emoji_are_reactions_as_the_mapping_says() {
    let answers = "https://news.example/a\t{\"❤️\":14,\"🥨\":2}\n\n/b\t{}\nhttps://news.example/\t{\"❤️\":9}\n/c\t{\"❤️\":-1}\n\
                   /d {\"❤️\":1}\nx\t{\"❤️\":1}\nhttps://www.news.example/a\t{\"❤️\":1}\n";
    let whole = mapping(&[("❤️", Some("inspired")), ("🥨", None)]);
    let contents = open_heart(answers.as_bytes(), &whole).unwrap();
    let expected: [(&str, &[u64]); 2] = [("/a", &[15]), ("/b", &[0])];
    assert_eq!(
        (names(&contents), counts(&contents)),
        (vec!["reaction:inspired".to_owned()], expected.to_vec())
    );
    let rows: Vec<_> = contents
        .row_errors
        .iter()
        .map(|place| format!("{}, {}", place.row, place.column))
        .collect();
    assert_eq!(
        rows,
        ["line 5, answer", "line 6, address", "line 7, address"]
    );
    assert_eq!(
        contents.skipped,
        [("lines of the home page".to_owned(), 1)].into()
    );
    refused(
        open_heart(answers.as_bytes(), &Mapping::new()),
        &["🥨 (2 votes)", "--map"],
    );
    refused(
        open_heart("".as_bytes(), &Mapping::new()),
        &["nothing to take over"],
    );
}
