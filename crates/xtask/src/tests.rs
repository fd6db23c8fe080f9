use super::*;

fn parsed(line: &str) -> Result<Command> {
    parse(lexopt::Parser::from_iter(
        format!("xtask {line}").split_whitespace(),
    ))
}

#[test]
fn each_verb_takes_its_own_options() {
    let listen = "127.0.0.1:8788".parse().unwrap();
    let profile = Profile::Quick;
    assert_eq!(
        parsed("demo --listen 127.0.0.1:8788").unwrap(),
        Command::Demo { listen, profile }
    );
    let released = Command::Demo {
        listen,
        profile: Profile::Release,
    };
    assert_eq!(
        parsed("demo --release --listen 127.0.0.1:8788").unwrap(),
        released
    );
    assert_eq!(
        parsed("test e2e").unwrap(),
        Command::Test {
            step: Some("e2e".into()),
            args: vec![]
        }
    );
    let args = vec!["poll".into(), "--nocapture".into()];
    assert_eq!(
        parsed("test native -- poll --nocapture").unwrap(),
        Command::Test {
            step: Some("native".into()),
            args
        }
    );
    assert_eq!(
        parsed("setup --test").unwrap(),
        Command::Setup { scope: Scope::Test }
    );
    let endpoint = |is_quick, beside| {
        Command::Bench(BenchOptions {
            name: Some("endpoint".into()),
            is_quick,
            beside,
        })
    };
    assert_eq!(
        parsed("bench endpoint --quick --peers").unwrap(),
        endpoint(true, Beside::Competitors)
    );
    let other = Beside::OtherBuild("before/gema".into());
    assert_eq!(
        parsed("bench endpoint --beside before/gema").unwrap(),
        endpoint(false, other)
    );
    let options = package::Options {
        binary: Some("gema".into()),
        pre: Some(PreRelease::parse("rc.1").unwrap()),
    };
    assert_eq!(
        parsed("package --binary gema --pre-release rc.1").unwrap(),
        Command::Package(options)
    );
    assert_eq!(
        parsed("soak kill").unwrap(),
        Command::Soak {
            name: Some("kill".into())
        }
    );
    assert_eq!(parsed("robots").unwrap(), Command::Robots);
    assert_eq!(parsed("").unwrap(), Command::Help);
    assert_eq!(parsed("dist --help").unwrap(), Command::Help);
}

#[test]
fn invalid_arguments_are_refused() {
    for wrong in [
        "tests",
        "bench widget endpoint",
        "soak kill twice",
        "demo --port 1",
        "demo --listen 8788",
        "test --all",
        "dist now",
        "package --pre-release soon",
    ] {
        assert!(parsed(wrong).is_err(), "{wrong}");
    }
}
