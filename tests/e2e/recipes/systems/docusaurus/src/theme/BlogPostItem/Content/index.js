import Content from "@theme-original/BlogPostItem/Content";
import { useBlogPost } from "@docusaurus/plugin-content-blog/client";

export default function ContentWithGema(props) {
  const { metadata, isBlogPostPage } = useBlogPost();
  return (
    <>
      <Content {...props} />
      {isBlogPostPage && <gema-article key={metadata.permalink} article={metadata.permalink} body="page"></gema-article>}
    </>
  );
}
