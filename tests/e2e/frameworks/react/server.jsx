import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";

export const render = (path, isBare) => renderToString(<App path={path} isBare={isBare} />);
