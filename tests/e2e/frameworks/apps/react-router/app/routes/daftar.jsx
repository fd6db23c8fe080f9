import { NEWS } from "../../news.js";

export const meta = ({ params }) => [
  { title: "Warta" },
  { tagName: "link", rel: "canonical", href: `/daftar/${params.kind}` },
];

export default function List() {
  return (
    <>
      <h1>Warta</h1>
      {Object.entries(NEWS).map(([name, { title }]) => (
        <article key={name}>
          <h2>{title}</h2>
          <gema-count article={name}></gema-count>
        </article>
      ))}
    </>
  );
}
