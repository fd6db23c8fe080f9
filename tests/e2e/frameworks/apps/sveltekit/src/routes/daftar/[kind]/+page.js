import { KINDS } from "../../../../news.js";

export const entries = () => KINDS.map((kind) => ({ kind }));
export const load = ({ params }) => params;
