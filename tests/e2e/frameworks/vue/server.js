import { renderToString } from "vue/server-renderer";
import { make } from "./app.js";

export const render = (path, isBare) => renderToString(make(path, isBare));
