import { KINDS, NAMES } from "./news.js";

export default {
  ssr: false,
  prerender: KINDS.flatMap((kind) => [`/daftar/${kind}`, ...NAMES.map((name) => `/${kind}/${name}`)]),
};
