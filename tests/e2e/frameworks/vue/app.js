import { createSSRApp } from "vue";
import { announce, NEWS } from "../news.js";

export const make = (path, isBare) => {
  const app = createSSRApp({
    data: () => ({ here: path, likes: 0, consent: "", isBare }),
    computed: {
      news() {
        return NEWS[this.here];
      },
    },
    mounted() {
      addEventListener("popstate", () => (this.here = location.pathname));
      document.documentElement.dataset.hydrated = "";
    },
    watch: { here: announce },
    methods: {
      go(event) {
        history.pushState(null, "", event.currentTarget.href);
        this.here = location.pathname;
      },
    },
    template: `
      <nav><a id="next" :href="news.next" @click.prevent="go">Berikutnya</a> <button id="likes" @click="likes++">{{ likes }}</button></nav>
      <main>
        <h1>{{ news.title }}</h1>
        <button id="open" @click="consent = 'wait'">Buka</button> <button id="consent" @click="consent = 'given'">Setuju</button>
        <gema-article v-if="consent" article="rahasia" url="/rahasia" :consent="consent"><p>Rahasia.</p></gema-article>
        <gema-count v-if="consent" id="reactions" article="rahasia" show="reactions"></gema-count>
        <p v-if="isBare">{{ news.text }}</p>
        <template v-else>
          <p><gema-count :article="news.id"></gema-count> <gema-count :article="news.id" show="reactions">Tanggapan pembaca</gema-count></p>
          <gema-article :article="news.id" lang="id">
            <p>{{ news.text }}</p>
          </gema-article>
        </template>
      </main>
      <footer id="after">Warta</footer>`,
  });
  app.config.compilerOptions.isCustomElement = (tag) => tag.startsWith("gema-");
  return app;
};
