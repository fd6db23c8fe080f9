//! A component that uses more of Yew than the widget does: keys, state of a child, and a listener in it. `cargo xtask test`
//! runs it in an optimised build too: what works in development works in a release.

use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::page::{click, drawn, new_page, text};

#[derive(Clone, PartialEq, Properties)]
struct RowProps {
    name: &'static str,
    on_press: Callback<&'static str>,
}

#[component]
fn Row(RowProps { name, on_press }: &RowProps) -> Html {
    let presses = use_state(|| 0);
    let (name, on_press, count) = (*name, on_press.clone(), presses.clone());
    let onclick = move |_: MouseEvent| {
        count.set(*count + 1);
        on_press.emit(name);
    };
    html! { <li><button id={name} {onclick}>{name}{*presses}</button></li> }
}

#[component]
fn Rows() -> Html {
    let names = use_state(|| vec!["a", "b", "c"]);
    let last = use_state(|| "");
    let effects = use_mut_ref(|| 0);
    let seen = effects.clone();
    use_effect(move || *seen.borrow_mut() += 1);
    let reverse = {
        let names = names.clone();
        move |_: MouseEvent| names.set(names.iter().rev().copied().collect())
    };
    let on_press = {
        let last = last.clone();
        Callback::from(move |name| last.set(name))
    };
    html! {
        <>
            <ul>
                for name in names.iter() {
                    <Row key={*name} {name} on_press={on_press.clone()} />
                }
            </ul>
            <p id="last">{*last}</p>
            <p id="effects">{*effects.borrow()}</p>
            <button id="reverse" onclick={reverse}>{"reverse"}</button>
        </>
    }
}

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
