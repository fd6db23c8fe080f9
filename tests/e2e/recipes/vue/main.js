import { createApp } from "vue";

const NEWS = {
  satu: "Air di Banjir Kanal mulai surut pada Selasa pagi.",
  dua: "Kereta ke Bandung berangkat lagi.",
};

const here = () => new URLSearchParams(location.search).get("id") ?? "satu";

const app = createApp({
  data: () => ({ id: here(), mine: "" }),
  computed: {
    text() {
      return NEWS[this.id];
    },
  },
  mounted() {
    const tag = Object.assign(document.createElement("script"), { src: "https://gema.example/embed.js" });
    tag.dataset.site = "setneg";
    document.head.append(tag);
    addEventListener("popstate", () => (this.id = here()));
  },
  methods: {
    go(event) {
      history.pushState(null, "", event.target.href);
      this.id = here();
    },
  },
  template: `
    <nav><a id="next" href="/?id=dua" @click.prevent="go">Dua</a></nav>
    <gema-article :key="id" :article="id" @gema-react="mine = $event.detail.reaction">
      <p>{{ text }}</p>
    </gema-article>
    <output>{{ mine }}</output>`,
});
app.config.compilerOptions.isCustomElement = (tag) => tag.startsWith("gema-");
app.mount("#root");
