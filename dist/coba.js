// coba.html: applies the form's settings to the sample widget, and writes the tag for them. Nothing is sent or stored.
const form = document.querySelector("#pilihan");
const widget = document.querySelector("#contoh");
const tag = document.querySelector("#tag");
const toml = document.querySelector("#toml");
const said = document.querySelector("#kata");
const { tema, theme, lang, reads, share, bar, poll, endpoint, site, origin, article } = form.elements;

// The article whose counts are shown if the form names none.
const sample = widget.getAttribute("article");
endpoint.defaultValue = new URL("/", location.href).href;

// The fields of each property: one, or for a colour two (light and dark).
const properties = new Map();
for (const field of form.querySelectorAll("[name^='--gema-']")) {
  properties.set(field.name, [...(properties.get(field.name) ?? []), field]);
}

// The chosen theme's rules for parts, as in its file.
let parts = "";

const dress = new CSSStyleSheet();
document.adoptedStyleSheets = [dress];

// The value chosen for a property, unless it is the default or invalid.
const chosen = (name) => {
  const fields = properties.get(name);
  const [light, dark = light] = fields.map(({ value }) => value.trim());
  const value = light === dark ? light : `light-dark(${light}, ${dark})`;
  const isDefault = fields.every((field) => field.value === field.defaultValue);
  return isDefault || !light || !CSS.supports(name, value) ? undefined : value;
};

// The chosen properties as a rule: those with two colours, or the others. The size of the bars belongs to the rule with
// their colours, because the contrast depends on both.
const rule = (hasTwo, indent = "") => {
  const values = [...properties.keys()].map((name) => [name, chosen(name)]);
  const isTwo = (name) => chosen(name === "--gema-bar-size" ? "--gema-bar" : name)?.startsWith("light-dark(") ?? false;
  const set = values.filter(([name, value]) => value && isTwo(name) === hasTwo);
  return set.length ? `${indent}gema-article {\n${set.map(([name, value]) => `${indent}  ${name}: ${value};\n`).join("")}${indent}}` : "";
};

const attributes = () => ({
  article: article.value.trim(),
  lang: lang.value,
  theme: theme.value,
  bar: bar.checked ? "top" : "",
  reads: reads.checked ? "" : "off",
  share: share.checked ? "" : "off",
  poll: poll.value,
});

const quoted = (text) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;

const markup = () => {
  // Browsers without light-dark() keep the widget's default colours.
  const two = rule(true, "  ");
  const guarded = two && `@supports (color: light-dark(red, blue)) {\n${two}\n}`;
  const style = [rule(false), guarded, parts].filter(Boolean).join("\n\n");
  const script = quoted(new URL("embed.js", URL.parse?.(endpoint.value) ?? endpoint.defaultValue).href);
  const given = Object.entries({ ...attributes(), body: "page" }).filter(([, value]) => value);
  const element = ["gema-article", ...given.map(([name, value]) => `${name}=${quoted(value)}`)].join(" ");
  return [
    ...(style ? [`<style>\n${style}\n</style>`] : []),
    `<script async src=${script} data-site=${quoted(site.value.trim())}></script>`,
    `<${element}>\n  <!-- Isi berita Anda. -->\n</gema-article>\n`,
  ].join("\n");
};

// What the endpoint must know of the site: TOML's quoted keys and texts are JSON's.
const section = () => {
  const name = site.value.trim();
  const key = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  const { origin: from } = URL.parse?.(origin.value.trim()) ?? { origin: origin.defaultValue };
  return `[sites.${key}]\norigins = [${JSON.stringify(from)}]\n`;
};

const dressAnew = () => {
  // Reset the demo's own theme: properties that are not chosen have the widget's defaults.
  const all = [...properties.keys()].map((name) => `${name}: ${chosen(name) ?? "initial"};`);
  dress.replaceSync(`#contoh { ${all.join(" ")} }\n${parts}`);
  tag.value = markup();
  toml.value = section();
  said.textContent = "";
};

const drawAnew = () => {
  for (const [name, value] of Object.entries({ ...attributes(), article: article.value.trim() || sample })) {
    if (value) widget.setAttribute(name, value);
    else widget.removeAttribute(name);
  }
  widget.closest("section").dataset.theme = theme.value;
  dressAnew();
};

// Applies a theme's style sheet: its properties go into the fields, and its rules for parts are kept as text.
const wear = async (name) => {
  const text = name ? await (await fetch(`/${name}.css`)).text() : "";
  if (tema.value !== name) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  for (const [property, fields] of properties) {
    const [plain, guarded] = [...sheet.cssRules].map(({ style, cssRules }) => (style ?? cssRules?.[0]?.style)?.getPropertyValue(property));
    const value = (guarded || plain)?.trim();
    const [, ...both] = /^light-dark\((.+), (.+)\)$/.exec(value) ?? [value, value, value];
    fields.forEach((field, place) => (field.value = both[place] || field.defaultValue));
  }
  parts = text.slice(text.indexOf("gema-article::part(")).trim();
  dressAnew();
};

// Lists the languages, by their names in the page's language.
const offer = async () => {
  const page = document.documentElement.lang;
  const names = new Intl.DisplayNames(page, { type: "language" });
  const tags = (await (await fetch("/languages.txt")).text()).trim().split("\n");
  const options = tags.map((tag) => new Option(names.of(tag), tag, tag === page, tag === lang.value));
  lang.replaceChildren(...options.sort((one, other) => one.text.localeCompare(other.text, page)));
};

form.addEventListener("input", dressAnew);
form.addEventListener("change", ({ target }) => {
  drawAnew();
  if (target === tema) wear(tema.value);
});
form.addEventListener("submit", (event) => event.preventDefault());
// The fields get their default values only after this event.
form.addEventListener("reset", () => setTimeout(() => wear(tema.value).then(drawAnew)));

document.querySelector("#salin").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(tag.value);
    said.textContent = "Tag tersalin.";
  } catch {
    tag.select();
    said.textContent = "Tag terpilih: salin dengan Ctrl+C.";
  }
});

// coba.html?tema=tabloid
tema.value = new URLSearchParams(location.search).get("tema") ?? "";
tema.selectedIndex = Math.max(tema.selectedIndex, 0);
drawAnew();
wear(tema.value);
offer();
