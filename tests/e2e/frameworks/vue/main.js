import { make } from "./app.js";

const root = document.querySelector("#root");
make(location.pathname, "bare" in root.dataset).mount(root);
