// Saves pages of a WordPress that runs in Node, with gema.php as a plugin. `node pages.mjs MODULES TO`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [modules, to] = process.argv.slice(2);
const { loadNodeRuntime } = await import(join(modules, "@php-wasm/node/index.js"));
const { bootWordPress } = await import(join(modules, "@wp-playground/wordpress/index.js"));

const builds = join(modules, "@wp-playground/wordpress-builds/src");
const packed = (path) => new File([readFileSync(join(builds, path))], path);
const site = await bootWordPress({
  siteUrl: "http://localhost",
  createPhpRuntime: () => loadNodeRuntime("8.2"),
  wordPressZip: packed("wordpress/wp-6.5.zip"),
  sqliteIntegrationPluginZip: packed("sqlite-database-integration/sqlite-database-integration.zip"),
});
const php = await site.getPrimaryPhp();
const here = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const content = "/wordpress/wp-content";
for (const [dir, files] of [["mu-plugins", ["gema.php"]], ["themes/warta", ["theme/style.css", "theme/index.php"]]]) {
  php.mkdir(`${content}/${dir}`);
  for (const file of files) php.writeFile(`${content}/${dir}/${file.split("/").at(-1)}`, here(file));
}

const runs = async (code) => {
  const { text, errors } = await php.run({ code: `<?php require '/wordpress/wp-load.php'; ${code}` });
  if (errors) throw new Error(errors);
  return text;
};
await runs(`
  update_option('permalink_structure', '/%postname%/');
  update_option('blogname', 'Warta');
  update_option('posts_per_page', 1);
  flush_rewrite_rules();
  wp_update_post(['ID' => 1, 'post_title' => 'Banjir mulai surut', 'post_name' => 'banjir', 'post_content' =>
    '<!-- wp:paragraph --><p>Air di Banjir Kanal mulai surut pada Selasa pagi.</p><!-- /wp:paragraph -->']);
  $new = fn($title, $more) => wp_insert_post(['post_title' => $title, 'post_content' => '<p>Isi.</p>', 'post_status' => 'publish', ...$more]);
  $new('Kereta ke Bandung', ['post_name' => 'kereta', 'post_date' => '2024-01-01 08:00:00']);
  $new('Rahasia', ['post_name' => 'rahasia', 'post_password' => 'kunci', 'post_date' => '2023-01-01 08:00:00']);
  $new('Rancangan', ['post_status' => 'draft', 'post_author' => 1]);
`);
const draft = Number(await runs("echo get_posts(['post_status' => 'draft', 'numberposts' => 1])[0]->ID;"));

const save = async (path, url) => {
  const { text, headers } = await site.request({ url });
  if (headers.location) throw new Error(`${url} leads to ${headers.location}`);
  mkdirSync(join(to, path), { recursive: true });
  writeFileSync(join(to, path, "index.html"), text);
};
// A block theme, and a theme with PHP templates.
for (const theme of ["twentytwentyfour", "warta"]) {
  await runs(`switch_theme('${theme}');`);
  await save(`${theme}/banjir`, "/banjir/");
  await save(`${theme}/kereta`, "/kereta/");
  await save(`${theme}/beranda`, "/");
  await save(`${theme}/beranda/2`, "/page/2/");
  await save(`${theme}/kategori`, "/category/uncategorized/");
  await save(`${theme}/rahasia`, "/rahasia/");
  await save(`${theme}/laman`, "/sample-page/");
  await save(`${theme}/tidak-ada`, "/tidak-ada/");
  await save(`${theme}/cari`, "/?s=banjir");
  await save(`${theme}/umpan`, "/feed/");
}
// Pages that only the author sees: a draft, and the post in the Customizer.
await site.request({ url: "/wp-login.php", method: "POST", body: { log: "admin", pwd: "password", rememberme: "forever" } });
const customizer = "customize_changeset_uuid=12345678-1234-4123-8123-123456789012&customize_messenger_channel=preview-0";
for (const theme of ["warta", "twentytwentyfour"]) {
  await runs(`switch_theme('${theme}');`);
  await save(`${theme}/rancangan`, `/?p=${draft}&preview=true`);
  await save(`${theme}/penyesuai`, `/banjir/?${customizer}&customize_theme=${theme}`);
}
// Without PHP: the block theme's template of single posts with the tag after the content, as an administrator saves it.
php.unlink(`${content}/mu-plugins/gema.php`);
const tag = here("tag.html").trim();
await runs(`
  switch_theme('twentytwentyfour');
  wp_set_current_user(1);
  kses_remove_filters();
  $before = get_block_template('twentytwentyfour//single')->content;
  $html = '<!-- wp:group {"layout":{"type":"constrained"}} --><div class="wp-block-group"><!-- wp:html -->${tag}<!-- /wp:html --></div><!-- /wp:group -->';
  $after = preg_replace('~<!-- wp:post-content .*?/-->~', '$0' . $html, $before, 1);
  if ($after === $before) throw new Exception('the template has no content');
  $id = wp_insert_post(wp_slash(['post_type' => 'wp_template', 'post_name' => 'single', 'post_title' => 'Single', 'post_status' => 'publish', 'post_content' => $after]));
  wp_set_object_terms($id, 'twentytwentyfour', 'wp_theme');
`);
await save("blok/banjir", "/banjir/");
await save("blok/kereta", "/kereta/");
await save("blok/beranda", "/");
await save("blok/beranda/2", "/page/2/");
await save("blok/laman", "/sample-page/");
await save("blok/tidak-ada", "/tidak-ada/");
await save("blok/umpan", "/feed/");
writeFileSync(join(to, "version"), await runs("echo get_bloginfo('version');"));
process.exit();
