import { useEffect } from "react";
import { Link, Links, Meta, Outlet, Scripts, useLocation } from "react-router";
import { kindOf, NAMES } from "../news.js";

export function Layout({ children }) {
  return (
    <html lang="id">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <link rel="icon" href="data:," />
        <script async src="https://gema.example/embed.js" data-site="setneg" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export const ErrorBoundary = () => (
  <main>
    <h1>Tidak ada</h1>
    <gema-count hidden></gema-count>
  </main>
);

export default function Root() {
  const kind = kindOf(useLocation().pathname);
  useEffect(() => {
    document.documentElement.dataset.hydrated = "";
  }, []);
  return (
    <>
      <nav>
        {NAMES.map((name) => (
          <Link key={name} id={name} to={`/${kind}/${name}`}>{name}</Link>
        ))}
        <Link id="daftar" to={`/daftar/${kind}`}>Daftar</Link>
      </nav>
      <main><Outlet /></main>
      <footer id="after">Warta</footer>
    </>
  );
}
