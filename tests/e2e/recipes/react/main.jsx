import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const NEWS = {
  satu: "Air di Banjir Kanal mulai surut pada Selasa pagi.",
  dua: "Kereta ke Bandung berangkat lagi.",
};

function Article({ id }) {
  const [mine, setMine] = useState("");
  return (
    <>
      <script async src="https://gema.example/embed.js" data-site="setneg" />
      <gema-article article={id} ongema-react={(event) => setMine(event.detail.reaction)}>
        <p>{NEWS[id]}</p>
      </gema-article>
      <output>{mine}</output>
    </>
  );
}

const here = () => new URLSearchParams(location.search).get("id") ?? "satu";

function App() {
  const [id, setId] = useState(here);
  useEffect(() => {
    const change = () => setId(here());
    addEventListener("popstate", change);
    return () => removeEventListener("popstate", change);
  }, []);
  const go = (event) => {
    event.preventDefault();
    history.pushState(null, "", event.target.href);
    setId(here());
  };
  return (
    <>
      <nav>
        <a id="next" href="/?id=dua" onClick={go}>Dua</a>
      </nav>
      <Article id={id} />
    </>
  );
}

createRoot(document.querySelector("#root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
