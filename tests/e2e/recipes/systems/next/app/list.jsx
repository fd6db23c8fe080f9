import Link from "next/link";
import { NEWS } from "./news";

export const List = ({ names }) => (
  <main>
    {names.map((name) => (
      <article key={name}>
        <h2>
          <Link href={`/berita/${name}`}>{NEWS[name].title}</Link>
        </h2>
        <script async src="https://gema.example/embed.js" data-site="setneg" />
        <gema-count article={name} suppressHydrationWarning></gema-count>
      </article>
    ))}
  </main>
);
