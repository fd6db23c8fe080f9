import { hydrate } from "svelte";
import App from "./App.svelte";

const root = document.querySelector("#root");
hydrate(App, { target: root, props: { path: location.pathname, isBare: "bare" in root.dataset } });
