export default () => (
  <main>
    <article>
      <h1>Tidak ada</h1>
      <gema-count hidden></gema-count>
    </article>
  </main>
);
