import { render as draw } from "svelte/server";
import App from "./App.svelte";

export const render = async (path, isBare) => (await draw(App, { props: { path, isBare } })).body;
