//! A component that uses more of Yew than the widget does: keys, a child with state and a listener, and hooks.

use wasm_bindgen::prelude::*;
use yew::prelude::*;

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
pub(crate) fn Rows() -> Html {
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

/// Renders the component into an element.
#[expect(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
#[wasm_bindgen]
pub fn component(root: web_sys::Element) {
    yew::Renderer::<Rows>::with_root(root).render();
}
