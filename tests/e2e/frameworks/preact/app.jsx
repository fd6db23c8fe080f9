import { useEffect, useState } from "preact/hooks";
import { announce, NEWS } from "../news.js";

export function App({ path, isBare }) {
  const [here, setHere] = useState(path);
  const [likes, setLikes] = useState(0);
  const [consent, setConsent] = useState("");
  useEffect(() => {
    const change = () => setHere(location.pathname);
    addEventListener("popstate", change);
    document.documentElement.dataset.hydrated = "";
    return () => removeEventListener("popstate", change);
  }, []);
  useEffect(() => announce(here), [here]);
  const go = (event) => {
    event.preventDefault();
    history.pushState(null, "", event.currentTarget.href);
    setHere(location.pathname);
  };
  const { id, title, text, next } = NEWS[here];
  return (
    <>
      <nav>
        <a id="next" href={next} onClick={go}>Berikutnya</a> <button id="likes" onClick={() => setLikes(likes + 1)}>{likes}</button>
      </nav>
      <main>
        <h1>{title}</h1>
        <button id="open" onClick={() => setConsent("wait")}>Buka</button> <button id="consent" onClick={() => setConsent("given")}>Setuju</button>
        {consent && <gema-article article="rahasia" url="/rahasia" consent={consent}><p>Rahasia.</p></gema-article>}
        {consent && <gema-count id="reactions" article="rahasia" show="reactions"></gema-count>}
        {isBare ? <p>{text}</p> : (
          <>
            <p>
              <gema-count article={id}></gema-count> <gema-count article={id} show="reactions">Tanggapan pembaca</gema-count>
            </p>
            <gema-article article={id} lang="id">
              <p>{text}</p>
            </gema-article>
          </>
        )}
      </main>
      <footer id="after">Warta</footer>
    </>
  );
}
