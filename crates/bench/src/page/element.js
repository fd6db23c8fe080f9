// The lower bound: the same functions with the same endpoint, markup and style sheet, written by hand. It supports no
// offline use, no second tab, no other language than the view's and no aliases: only a page that shows it once, without
// failures.
/* global STYLE */
customElements.define(
  "plain-article",
  class extends HTMLElement {
    connectedCallback() {
      const { endpoint, site } = document.querySelector("script[data-endpoint]").dataset;
      const article = this.getAttribute("article");
      const at = `${endpoint}v1/sites/${site}/`;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = "<slot></slot>";
      root.adoptedStyleSheets = [sheet];
      fetch(`${at}view?${new URLSearchParams({ article, lang: "id" })}`)
        .then((answer) => answer.json())
        .then((view) => this.draw(root, view, at, article));
    }

    draw(root, view, at, article) {
      const { labels, locale } = view;
      const number = new Intl.NumberFormat(locale);
      const percent = new Intl.NumberFormat(locale, { style: "percent" });
      const plural = new Intl.PluralRules(locale);
      const says = (texts, n) => (texts[plural.select(n)] ?? texts.other).replace("{n}", number.format(n));
      const safe = (text) => text.replace(/[&<"]/g, (one) => `&#${one.charCodeAt()};`);
      const mine = `plain:${article}`;
      const { reads } = view.tally;
      let { reactions } = view.tally;
      let chosen = localStorage.getItem(mine);

      const share = ({ kind, key, label, href }) =>
        kind === "link"
          ? `<li><a part="share-button" data-part="${key}" target="_blank" rel="noopener noreferrer" href="${safe(
              href.replace("{text}", encodeURIComponent(document.title)).replace("{url}", encodeURIComponent(location.href)),
            )}">${safe(label)}</a></li>`
          : `<li${kind === "native" && !navigator.share ? " hidden" : ""}><button type="button" part="share-button" data-part="${key}">${safe(label)}</button></li>`;
      const option = ({ key, emoji, label }) =>
        `<li><button type="button" part="option" data-part="option-${key}"><span part="face" aria-hidden="true">${emoji}</span><span part="label">${safe(label)}</span><svg aria-hidden="true"><rect height="100%"/></svg><span part="count"></span><span part="percent"></span></button></li>`;
      root.innerHTML = `<div part="gema"><slot></slot><div part="below" lang="${locale}" dir="${view.dir}"><div part="bar"><p part="reads">${says(labels.reads, reads)}</p><div part="share" role="group"><span part="share-label">${safe(labels.share)} :</span><ul role="list" data-open="false">${view.networks.map(share).join("")}<li class="more"><button type="button" part="share-button">${safe(labels.more)}</button></li></ul></div></div><section part="poll"><h2 part="question">${safe(labels.question)}</h2><ul role="list">${view.reactions.map(option).join("")}</ul><p part="responses"></p></section></div></div>`;

      const show = () => {
        const total = Object.values(reactions).reduce((sum, count) => sum + count, 0);
        for (const button of root.querySelectorAll("[part=option]")) {
          const key = button.dataset.part.slice(7);
          const part = total ? reactions[key] / total : 0;
          button.setAttribute("aria-pressed", key === chosen);
          button.querySelector("rect").setAttribute("width", `${Math.round(part * 100)}%`);
          button.querySelector("[part=count]").textContent = number.format(reactions[key]);
          button.querySelector("[part=percent]").textContent = percent.format(part);
        }
        root.querySelector("[part=responses]").textContent = says(labels.responses, total);
      };
      show();
      this.setAttribute("data-ready", "");

      root.querySelector("[part=poll]").addEventListener("click", async ({ target }) => {
        const key = target.closest("[part=option]")?.dataset.part.slice(7);
        if (!key) return;
        const reaction = key === chosen ? null : key;
        reactions = { ...reactions };
        if (chosen) reactions[chosen]--;
        if (reaction) reactions[reaction]++;
        chosen = reaction;
        show();
        const random = () =>
          btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).slice(0, 22).replaceAll("+", "-").replaceAll("/", "_");
        const visitor = localStorage.getItem("plain:visitor") ?? random();
        localStorage.setItem("plain:visitor", visitor);
        localStorage.setItem(mine, reaction ?? "");
        const event = { type: "react", article, reaction, seq: Date.now() };
        const answer = await fetch(`${at}events`, { method: "POST", body: JSON.stringify({ visitor, events: [event] }) });
        ({ reactions } = (await answer.json()).tallies[0]);
        show();
      });
    }
  },
);
