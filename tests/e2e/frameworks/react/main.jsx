import { hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

const root = document.querySelector("#root");
hydrateRoot(root, <App path={location.pathname} isBare={"bare" in root.dataset} />);
