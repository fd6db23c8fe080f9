export default function Root({ children }) {
  return (
    <>
      {children}
      <gema-count hidden></gema-count>
    </>
  );
}
