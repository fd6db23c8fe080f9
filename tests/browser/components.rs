//! The component of `tests/component` in a development build. The e2e test `component` has it in a release build.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{click, drawn, new_page, text};

#[path = "../component/component.rs"]
mod component;

use component::Rows;

#[wasm_bindgen_test]
async fn keyed_children_keep_their_state_when_they_change_places() {
    let page = new_page();
    let root = page.element();
    page.show(&root);
    let app = yew::Renderer::<Rows>::with_root(root).render();
    let rows = || {
        text(&page, "ul")
            .unwrap()
            .split_whitespace()
            .collect::<String>()
    };
    drawn().await;
    assert_eq!(rows(), "a0b0c0");
    for id in ["#b", "#b", "#c"] {
        click(&page, id);
        drawn().await;
    }
    assert_eq!(rows(), "a0b2c1");
    assert_eq!(text(&page, "#last").as_deref(), Some("c"));
    click(&page, "#reverse");
    drawn().await;
    assert_eq!(rows(), "c1b2a0");
    assert_ne!(text(&page, "#effects").as_deref(), Some("0"));
    app.destroy();
    drawn().await;
    crate::page::remove(&page);
}
