import { renderToString } from "preact-render-to-string";
import { App } from "./app.jsx";

export const render = (path, isBare) => renderToString(<App path={path} isBare={isBare} />);
