//! The end-to-end tests: the endpoint's release build with the widget's release embedded, in one engine or in all of
//! them.

use std::process::Command;

use anyhow::{Result, ensure};

use super::count::{self, Count, SOAK_ENV};
use super::{component, fonts, frameworks, recipes, systems, wordpress};
use crate::setup::{self, Engine, Scope};
use crate::tools::{self, old_engines};
use crate::{demo, dist, exec, progress, repo, toolchain};

/// The tests that the test command runs in every engine; `soak engines` runs all tests in all engines. They cover what
/// may differ between engines: how the widget starts and works without WebAssembly, storage, focus, hidden windows.
const TESTS_IN_EVERY_ENGINE: &[&str] = &[
    "accessibility::letters::letters_differ_in_width",
    "accessibility::states::axe_finds_nothing_in_whatever_a_reader_does",
    "component::keyed_children_keep_their_state_in_a_release",
    "element::a_moved_element_keeps_its_widget",
    "keyboard::escape_closes_a_panel_and_returns_the_focus",
    "keyboard::the_tab_key_visits_everything_visibly_in_both_directions",
    "levels::a_press_during_which_the_code_comes_is_a_click_still",
    "levels::without_wasm_the_poll_works_and_the_console_names_the_policy",
    "most_read::a_list_shows_titles_and_counts_as_the_page_writes",
    "newsroom_attacks::a_form_of_another_page_changes_no_user",
    "outage::a_reaction_before_leaving_is_sent_from_the_next_page",
    "own_data::a_reader_sees_takes_along_and_deletes_what_is_kept",
    "reacting::a_reaction_can_be_changed_and_taken_back_and_made_again",
    "reacting::a_reaction_survives_a_reload_before_its_answer",
    "reading::a_hidden_tab_reads_nothing_until_it_is_visible",
    "sharing::a_copied_link_is_on_the_clipboard_and_announced",
    "sharing::a_narrow_page_has_the_first_networks_and_more",
    "sharing::a_reader_enters_their_mastodon_server_only_once",
    "strict::a_policy_as_the_documents_give_it_is_enough",
    "tag::a_second_tag_is_harmless",
];

/// Tests that run in one engine other than Chromium and that the test command includes; the other tests of that kind
/// run in soaks only.
const ENGINE_SPECIFIC_TESTS: &[&str] = &[
    "accessibility::tree::snapshots::fragment_and_wasm_have_one_accessibility_tree_in_firefox",
    "heard::a_reader_hears_all_of_it_and_each_change_once_in_firefox",
    "heard::frame::a_press_in_the_frame_is_answered_where_it_was_in_firefox",
    "outage::an_offline_reaction_outlives_the_browser_in_firefox",
];

/// All tests in Chromium and some in the others. With words, the tests that they select, in Chromium or in the engine
/// that `GEMA_ENGINE` names.
pub(super) fn run(args: &[String]) -> Result<Count> {
    build()?;
    if let Ok(name) = std::env::var("GEMA_ENGINE") {
        return everything(Engine::named(&name)?, args);
    }
    let mut all = vec![everything(Engine::Chromium, args)?];
    if args.is_empty() {
        for engine in others() {
            all.push(some(engine)?);
        }
    }
    Ok(all.into_iter().sum())
}

/// All tests in every engine.
pub(crate) fn soak() -> Result<()> {
    build()?;
    let failed: Vec<_> = setup::engines()
        .iter()
        .filter_map(|engine| {
            everything(*engine, &[])
                .err()
                .map(|error| format!("{engine}: {error:#}"))
        })
        .collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// The tests of old engines, in all of them.
pub(crate) fn soak_of_old_engines() -> Result<()> {
    setup::run(Scope::OldEngines)?;
    build()?;
    let mut cargo = tests()?;
    Engine::Chromium.name_in(&mut cargo)?;
    old_engines::name_in(
        &mut cargo,
        old_engines::all(),
        "cargo xtask soak old-engines",
    )?;
    soaked(cargo.arg("old_engines::"), "old_engines::")
}

/// The tests of the WordPress plugin in every available version of WordPress, with all themes; then in one version with
/// MariaDB in place of SQLite.
pub(crate) fn soak_of_wordpress() -> Result<()> {
    setup::run(Scope::WordPress)?;
    build()?;
    wordpress::build_all()?;
    let of_plugin = || -> Result<Command> {
        let mut cargo = tests()?;
        Engine::Chromium.name_in(&mut cargo)?;
        cargo
            .env("GEMA_WORDPRESS", wordpress::all())
            .arg("wordpress::");
        Ok(cargo)
    };
    soaked(&mut of_plugin()?, "wordpress::")?;
    progress::heading("With MariaDB");
    count::tests(of_plugin()?.env("GEMA_WORDPRESS_DATABASE", "mariadb"))?;
    Ok(())
}

/// The sites of all generators and content management systems.
pub(crate) fn soak_of_systems() -> Result<()> {
    setup::run(Scope::Systems)?;
    build()?;
    systems::build_all()?;
    let mut cargo = tests()?;
    Engine::Chromium.name_in(&mut cargo)?;
    soaked(
        cargo
            .env("GEMA_SYSTEMS", systems::all())
            .args(["recipes::systems::", "--nocapture"]),
        "recipes::systems::",
    )
}

/// The long form of the tests with this in their names, in Chromium or in the engine that `GEMA_ENGINE` names.
pub(crate) fn soak_of(name: &str) -> Result<()> {
    soak_in(
        std::env::var("GEMA_ENGINE")
            .map_or(Ok(Engine::Chromium), |engine| Engine::named(&engine))?,
        name,
    )
}

/// The long form of these tests in this engine.
pub(crate) fn soak_in(engine: Engine, name: &str) -> Result<()> {
    build()?;
    let mut cargo = tests()?;
    engine.name_in(&mut cargo)?;
    soaked(cargo.arg(name), name)
}

fn soaked(cargo: &mut Command, name: &str) -> Result<()> {
    let passed = count::tests(cargo.env(SOAK_ENV, "1"))?.passed;
    ensure!(
        passed > 0,
        "no test is called `{name}` any more: correct crates/xtask/src/soak.rs"
    );
    Ok(())
}

fn build() -> Result<()> {
    dist::run(&toolchain::required()?)?;
    component::build()?;
    demo::build_endpoint()?;
    recipes::build()?;
    wordpress::build()?;
    systems::build()?;
    frameworks::build()
}

fn others() -> impl Iterator<Item = Engine> {
    setup::engines()
        .iter()
        .copied()
        .filter(|engine| *engine != Engine::Chromium)
}

/// All tests, except those whose names end with another engine's.
fn everything(engine: Engine, args: &[String]) -> Result<Count> {
    progress::heading(format!("In {engine}"));
    let mut cargo = tests()?;
    for other in setup::engines().iter().filter(|other| **other != engine) {
        cargo.args(["--skip", &format!("_in_{other}")]);
    }
    engine.name_in(&mut cargo)?;
    count::tests(cargo.args(args))
}

fn some(engine: Engine) -> Result<Count> {
    let its_own = ENGINE_SPECIFIC_TESTS
        .iter()
        .filter(|name| name.ends_with(&format!("_in_{engine}")));
    let names: Vec<_> = TESTS_IN_EVERY_ENGINE.iter().chain(its_own).collect();
    progress::heading(format!("In {engine}: {} of them", names.len()));
    let mut cargo = tests()?;
    engine.name_in(&mut cargo)?;
    let count = count::tests(cargo.arg("--exact").args(&names))?;
    ensure!(
        count.passed == names.len() as u64,
        "a test has another name now: correct it in crates/xtask/src/test/e2e.rs"
    );
    Ok(count)
}

/// `--workspace`, so that everything is compiled with the same features as for the native tests, and only once.
fn tests() -> Result<Command> {
    let mut cargo = exec::cargo();
    old_engines::name_in(
        &mut cargo,
        old_engines::of_short_form(),
        "cargo xtask test setup",
    )?;
    if let Some(python) = setup::old_webkit::python() {
        cargo.env("GEMA_QTWEBKIT_602", python);
    }
    fonts::name_in(&mut cargo)?;
    cargo
        .env("GEMA_BIN", repo::gema())
        .env("GEMA_COMPONENT", component::made())
        .env("AXE", tools::axe()?)
        .env("GEMA_CLIENTS", tools::modules(&["old-clients"])?.remove(0));
    cargo
        .env("GEMA_RECIPES", recipes::made())
        .env("GEMA_FRAMEWORKS", frameworks::made());
    cargo
        .env("GEMA_WORDPRESS", wordpress::made())
        .env("GEMA_SYSTEMS", systems::made());
    cargo.args(["test", "--workspace", "--test", "e2e", "--"]);
    Ok(cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_for_every_engine_name_no_engine() {
        for name in TESTS_IN_EVERY_ENGINE {
            assert!(
                setup::engines()
                    .iter()
                    .all(|engine| !name.contains(&format!("_in_{engine}"))),
                "{name}"
            );
        }
        assert!(TESTS_IN_EVERY_ENGINE.is_sorted());
    }
}
