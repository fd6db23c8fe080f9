// Saves pages of a WordPress that runs in Node, with gema.php among its plugins. `node pages.mjs MODULES TO`.
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
  flush_rewrite_rules();
  wp_update_post(['ID' => 1, 'post_title' => 'Banjir mulai surut', 'post_name' => 'banjir', 'post_content' =>
    '<!-- wp:paragraph --><p>Air di Banjir Kanal mulai surut pada Selasa pagi.</p><!-- /wp:paragraph -->']);
  $new = fn($title, $more) => wp_insert_post(['post_title' => $title, 'post_content' => '<p>Isi.</p>', 'post_status' => 'publish', ...$more]);
  $new('Rahasia', ['post_name' => 'rahasia', 'post_password' => 'kunci']);
  $new('Rancangan', ['post_status' => 'draft', 'post_author' => 1]);
`);
const draft = Number(await runs("echo get_posts(['post_status' => 'draft', 'numberposts' => 1])[0]->ID;"));

const save = async (path, url) => {
  const { text, headers } = await site.request({ url });
  if (headers.location) throw new Error(`${url} leads to ${headers.location}`);
  mkdirSync(join(to, path), { recursive: true });
  writeFileSync(join(to, path, "index.html"), text);
};
// In a block theme, and in a theme with PHP templates.
for (const theme of ["twentytwentyfour", "warta"]) {
  await runs(`switch_theme('${theme}');`);
  await save(`${theme}/banjir`, "/banjir/");
  await save(`${theme}/beranda`, "/");
  await save(`${theme}/kategori`, "/category/uncategorized/");
  await save(`${theme}/rahasia`, "/rahasia/");
  await save(`${theme}/laman`, "/sample-page/");
  await save(`${theme}/tidak-ada`, "/tidak-ada/");
  await save(`${theme}/cari`, "/?s=banjir");
}
// Pages that only the author sees: a draft, and the post in the Customizer.
await site.request({ url: "/wp-login.php", method: "POST", body: { log: "admin", pwd: "password", rememberme: "forever" } });
await save("warta/rancangan", `/?p=${draft}&preview=true`);
const customizer = "customize_changeset_uuid=12345678-1234-4123-8123-123456789012&customize_messenger_channel=preview-0";
await save("warta/penyesuai", `/banjir/?${customizer}&customize_theme=warta`);
process.exit();
