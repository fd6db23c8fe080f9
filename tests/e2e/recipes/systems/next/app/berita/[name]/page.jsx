import { draftMode } from "next/headers";
import Link from "next/link";
import { NEWS } from "../../news";

export const dynamicParams = false;
export const generateStaticParams = () => Object.keys(NEWS).map((name) => ({ name }));
export const generateMetadata = async ({ params }) => ({ title: NEWS[(await params).name].title });

export default async function Page({ params }) {
  const { name } = await params;
  const { isEnabled } = await draftMode();
  const news = NEWS[name];
  return (
    <main>
      <h1>{news.title}</h1>
      <script async src="https://gema.example/embed.js" data-site="setneg" />
      <gema-article article={name} count={isEnabled ? "off" : undefined} suppressHydrationWarning>
        <p>{news.text}</p>
      </gema-article>
      <Link id="next" href={`/berita/${news.next}`}>
        {NEWS[news.next].title}
      </Link>
      <Link id="home" href="/">
        Warta
      </Link>
    </main>
  );
}
