//! `cargo xtask test`: everything that must hold before a change is merged, step by step, up to the first failure.

mod component;
pub(crate) mod count;
mod deny;
pub(crate) mod e2e;
mod fonts;
mod frameworks;
mod recipes;
pub(crate) mod schemathesis;
mod stamp;
mod steps;
mod systems;
mod wordpress;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::progress;
use count::Count;
use steps::{STEPS, Step, StepAction};

/// Runs every step, or only the named one, with arguments for its test runner.
pub(crate) fn run(only: Option<&str>, args: &[String]) -> Result<()> {
    let chosen = choose(only)?;
    if let (
        Some(Step {
            name,
            action: StepAction::Check(_),
            ..
        }),
        false,
    ) = (chosen.first(), args.is_empty())
    {
        bail!("{name} runs no tests: leave {args:?} out");
    }
    let mut results = Vec::new();
    for step in &chosen {
        progress::heading(format!("{}: {}", step.name, step.what));
        let since = Instant::now();
        let outcome = step.run(args);
        results.push(Done {
            step,
            took: since.elapsed(),
            count: outcome.as_ref().ok().copied(),
        });
        if let Err(error) = outcome {
            println!("\n{}", summary(&chosen, &results));
            bail!(
                "{name} failed: {error:#}\n\nTo run it alone: cargo xtask test {name}",
                name = step.name
            );
        }
    }
    println!("\n{}", summary(&chosen, &results));
    Ok(())
}

fn choose(only: Option<&str>) -> Result<Vec<&'static Step>> {
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|step| only.is_none_or(|name| name == step.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step of that name: choose one of {}", names.join(", "));
    }
    Ok(chosen)
}

struct Done<'a> {
    step: &'a Step,
    took: Duration,
    /// The tests that ran in it; `None` if it failed.
    count: Option<Count>,
}

/// The table of steps, and below it the sum of all tests in the format of Rust's own test runner.
fn summary(chosen: &[&Step], results: &[Done<'_>]) -> String {
    let mut text = String::new();
    for done in results {
        let outcome = match done.count {
            Some(count) if count.passed > 0 => format!("ok, {} passed", count.passed),
            Some(_) => "ok".to_owned(),
            None => "FAILED".to_owned(),
        };
        text += &format!(
            "  {:<12} {:>14}   {outcome}\n",
            done.step.name,
            progress::seconds(done.took)
        );
    }
    for step in &chosen[results.len()..] {
        text += &format!("  {:<12} {:>14}   not run\n", step.name, "");
    }
    let all: Count = results.iter().filter_map(|done| done.count).sum();
    let ok = results.len() == chosen.len() && results.iter().all(|done| done.count.is_some());
    let time = results.iter().map(|done| done.took).sum();
    text + &format!(
        "\n{}; all steps in {}",
        all.line(ok),
        progress::seconds(time)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(step: &'static Step, passed: Option<u64>) -> Done<'static> {
        let count = passed.map(|passed| Count {
            passed,
            ..Count::default()
        });
        Done {
            step,
            took: Duration::from_secs(2),
            count,
        }
    }

    #[test]
    fn a_step_is_chosen_by_name_and_an_unknown_one_lists_all() {
        assert_eq!(choose(None).unwrap().len(), STEPS.len());
        assert_eq!(choose(Some("fmt")).unwrap()[0].name, "fmt");
        let error = choose(Some("format"))
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains("setup, fmt, "), "{error}");
    }

    #[test]
    fn a_check_rejects_arguments() {
        let error = run(Some("fmt"), &["poll".into()]).unwrap_err().to_string();
        assert!(error.contains("fmt runs no tests"), "{error}");
    }

    #[test]
    fn the_summary_says_what_passed() {
        let chosen = [&STEPS[0], &STEPS[1]];
        let text = summary(
            &chosen,
            &[done(chosen[0], Some(0)), done(chosen[1], Some(12))],
        );
        assert!(text.contains("2.0 s   ok, 12 passed"), "{text}");
        assert!(
            text.ends_with("test result: ok. 12 passed; 0 failed; 0 ignored; all steps in 4.0 s"),
            "{text}"
        );
    }

    #[test]
    fn the_summary_of_a_failure_does_not_look_like_success() {
        let chosen = [&STEPS[0], &STEPS[1], &STEPS[2]];
        let text = summary(&chosen, &[done(chosen[0], Some(3)), done(chosen[1], None)]);
        assert!(
            text.contains("FAILED")
                && text.contains("not run")
                && text.contains("test result: FAILED. 3 passed"),
            "{text}"
        );
    }
}
