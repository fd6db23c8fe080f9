/** The file name of the script, at the endpoint and in this package. */
export const file = "@FILE@";

/** Its hash, for the `integrity` attribute. */
export const integrity = "@INTEGRITY@";

const escaped = (text) => String(text).replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The script tag as HTML. */
export const scriptTag = ({ endpoint, site }) => {
  const src = new URL(file, String(endpoint).replace(/\/?$/, "/")).href;
  return `<script async src="${escaped(src)}" data-site="${escaped(site)}" crossorigin integrity="${integrity}"></script>`;
};
