use std::{
    fs::{self, File},
    path::PathBuf,
    process::Output,
};

use serde_json::json;

use crate::{
    desk::Desk,
    site::{event_key, react, read, token},
};

impl Desk {
    /// `gema export > FILE`, which succeeds: the file.
    fn exports(&self) -> PathBuf {
        let path = self.path().join("export.jsonl");
        let status = self.gema(&["export"]).stdout(File::create(&path).unwrap()).status().unwrap();
        assert!(status.success());
        path
    }

    /// `gema import FILE …`
    fn imports(&self, file: &std::path::Path, more: &[&str]) -> Output {
        self.gema(&[&["import", file.to_str().unwrap()], more].concat()).output().unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr }).into_owned()
}

/// The number of a line of what an import says.
fn number(said: &str, name: &str) -> u64 {
    let line = said.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn a_new_machine_takes_over_what_the_old_one_goes_on_counting_and_knows_its_readers() {
    let (old, new) = (Desk::new(), Desk::new());
    let serving = old.serves();
    let event = |event| json!({ "visitor": token(1), "events": [event] });
    assert_eq!(serving.post(&event(react("a", Some("happy"), 5))).0, 200);
    serving.post(&event(read("a", &event_key(1))));
    let export = old.exports();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&export).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let output = new.imports(&export, &[]);
    assert_eq!(number(&said(&output), "votes"), 1, "{}", said(&output));
    let elsewhere = new.serves();
    let (_, answer) = elsewhere.post(&event(react("a", Some("sad"), 6)));
    assert_eq!(
        answer["tallies"][0]["reactions"],
        json!({ "happy": 0, "inspired": 0, "surprised": 0, "sad": 1, "angry": 0 })
    );
    elsewhere.post(&event(read("a", &event_key(2))));
    // Readers whose name servers do not know of the move yet.
    serving.post(&event(read("a", &event_key(3))));

    let again = said(&new.imports(&old.exports(), &["--dry-run"]));
    assert!(again.contains("would be taken over") && number(&again, "reads") == 1, "{again}");
    for reads in [1, 0] {
        assert_eq!(number(&said(&new.imports(&old.exports(), &[])), "reads"), reads, "a second time adds nothing");
    }
    let tally = &elsewhere.view("a")["tally"];
    assert_eq!(
        (&tally["reads"], &tally["reactions"]["sad"], &tally["reactions"]["happy"]),
        (&json!(3), &json!(1), &json!(0))
    );
    elsewhere.stop();
    assert!(new.says(&["check"]).contains("every sum holds"));
}

#[test]
fn what_is_not_whole_or_not_known_is_refused_before_anything_is_taken_over() {
    let (old, new) = (Desk::new(), Desk::new());
    old.article(&["put", "short.md", "--article", "a", "--title", "A", "--imported-reads", "7"]);
    let whole = fs::read_to_string(old.exports()).unwrap();
    let file = new.path().join("bad.jsonl");
    let lines: Vec<&str> = whole.lines().collect();
    for (bad, why) in [
        (lines[..lines.len() - 1].join("\n") + "\n", "not whole"),
        (whole[..whole.len() - 20].to_owned(), "not whole"),
        (whole.replace("\"reads\":7", "\"reads\":9"), "sums do not agree"),
        (whole.replace("\"format\":1", "\"format\":2"), "newer than this gema knows"),
        (whole.clone() + "more\n", "after the end"),
        (whole.replace("\"reads\":7", "\"raeds\":7"), "line 2: `raeds`"),
        ("article,reads\na,7\n".into(), "no export of gema"),
        (String::new(), "no export of gema"),
    ] {
        fs::write(&file, bad).unwrap();
        let output = new.imports(&file, &[]);
        assert!(!output.status.success() && said(&output).contains(why), "{why}: {}", said(&output));
        assert!(said(&output).contains("Nothing was taken over"), "{}", said(&output));
    }
    assert_eq!(new.article(&["list"]), "no article is known\n");
    fs::write(&file, whole).unwrap();
    assert!(new.imports(&file, &[]).status.success());
    assert!(new.article(&["list"]).contains("7\t0\t0\t-\ta\tA"));
}

#[test]
fn a_pipe_between_two_machines_is_enough() {
    let (old, new) = (Desk::new(), Desk::new());
    old.article(&["put", "short.md", "--article", "a", "--title", "A", "--imported-reads", "7"]);
    let mut from = old.gema(&["export"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let output = new.gema(&["import", "-"]).stdin(from.stdout.take().unwrap()).output().unwrap();
    assert!(from.wait().unwrap().success());
    assert_eq!(number(&said(&output), "new articles"), 1);

    let nowhere = Desk::new();
    let none = nowhere.imports(&old.exports(), &["--dry-run"]);
    assert!(said(&none).contains("no database") && !nowhere.path().join("gema.db").exists());
    let none = nowhere.gema(&["export"]).output().unwrap();
    assert!(said(&none).contains("no database") && none.stdout.is_empty());
}
