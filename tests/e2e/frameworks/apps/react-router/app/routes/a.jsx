import { NEWS } from "../../news.js";

export const meta = ({ params }) => [
  { title: NEWS[params.name].title },
  { tagName: "link", rel: "canonical", href: `/a/${params.name}` },
];

export default function Article({ params }) {
  return (
    <>
      <h1>{NEWS[params.name].title}</h1>
      <p><gema-count article={params.name}></gema-count></p>
      <gema-article article={params.name}>
        <p>{NEWS[params.name].text}</p>
      </gema-article>
    </>
  );
}
