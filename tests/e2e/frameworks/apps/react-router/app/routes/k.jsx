import { NEWS } from "../../news.js";

export const meta = ({ params }) => [
  { title: NEWS[params.name].title },
  { tagName: "link", rel: "canonical", href: `/k/${params.name}` },
];

export default function Article({ params }) {
  return (
    <>
      <h1>{NEWS[params.name].title}</h1>
      <gema-article>
        <p>{NEWS[params.name].text}</p>
      </gema-article>
    </>
  );
}
