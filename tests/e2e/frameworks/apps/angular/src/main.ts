import { CUSTOM_ELEMENTS_SCHEMA, Component, afterNextRender, computed, inject, provideZonelessChangeDetection, signal } from "@angular/core";
import { Title, bootstrapApplication } from "@angular/platform-browser";
import { ActivatedRoute, RouterLink, RouterOutlet, provideRouter } from "@angular/router";
import { NAMES, NEWS, kindOf } from "../news.js";

abstract class Page {
  name = signal<keyof typeof NEWS>("satu");
  news = computed(() => NEWS[this.name()]);

  constructor() {
    const title = inject(Title);
    // The component stays when the router shows the next article.
    inject(ActivatedRoute).paramMap.subscribe((params) => {
      this.name.set(params.get("name") as keyof typeof NEWS);
      title.setTitle(this.news().title);
    });
  }
}

@Component({
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>{{ news().title }}</h1>
    <p><gema-count [attr.article]="name()"></gema-count></p>
    <gema-article [attr.article]="name()">
      <p>{{ news().text }}</p>
    </gema-article>`,
})
class WithName extends Page {}

@Component({
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>{{ news().title }}</h1>
    <gema-article>
      <p>{{ news().text }}</p>
    </gema-article>`,
})
class WithoutName extends Page {}

@Component({
  template: `
    <h1>{{ news().title }}</h1>
    <p>{{ news().text }}</p>`,
})
class Bare extends Page {}

@Component({
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Warta</h1>
    @for (name of names; track name) {
      <article>
        <h2>{{ news[name].title }}</h2>
        <gema-count [attr.article]="name"></gema-count>
      </article>
    }`,
})
class List {
  names = NAMES as (keyof typeof NEWS)[];
  news = NEWS;

  constructor() {
    inject(Title).setTitle("Warta");
  }
}

@Component({
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Tidak ada</h1>
    <gema-count hidden></gema-count>`,
})
class Missing {}

@Component({
  selector: "app-root",
  imports: [RouterLink, RouterOutlet],
  template: `
    <nav>
      @for (name of names; track name) {
        <a [id]="name" [routerLink]="'/' + section + '/' + name">{{ name }}</a>
      }
      <a id="daftar" [routerLink]="'/daftar/' + section">Daftar</a>
    </nav>
    <main><router-outlet /></main>
    <footer id="after">Warta</footer>`,
})
class App {
  names = NAMES;
  section = kindOf(location.pathname);

  constructor() {
    afterNextRender(() => (document.documentElement.dataset["hydrated"] = ""));
  }
}

bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideRouter([
      { path: "a/:name", component: WithName },
      { path: "k/:name", component: WithoutName },
      { path: "t/:name", component: Bare },
      { path: "daftar/:kind", component: List },
      { path: "**", component: Missing },
    ]),
  ],
});
