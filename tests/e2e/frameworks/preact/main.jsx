import { hydrate } from "preact";
import { App } from "./app.jsx";

const root = document.querySelector("#root");
hydrate(<App path={location.pathname} isBare={"bare" in root.dataset} />, root);
