import { NAMES } from "../../../../news.js";

export const entries = () => NAMES.map((name) => ({ name }));
export const load = ({ params }) => params;
