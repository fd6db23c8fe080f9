#!/bin/sh
# In a block theme, WordPress renders the blocks of the template for single posts in the loop, and the shortcodes of the same template
# outside of it.
#
# One would expect: `in_the_loop()` tells both the same, since both stand in one template and show the same post.
# Seen with WordPress 6.5.5: true in a block, false in a shortcode, which runs before the loop. A plugin that shows something only in the
# loop, as the handbook advises for filters of the content, shows it by its block and not by its shortcode.
# Fails if both are the same.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts \
  @wp-playground/wordpress@0.9.19 @wp-playground/wordpress-builds@0.9.19 @php-wasm/node@0.9.19 > install.log 2>&1
cat > finding.mjs <<'JS'
import { readFileSync } from "node:fs";
import { loadNodeRuntime } from "@php-wasm/node";
import { bootWordPress } from "@wp-playground/wordpress";

const builds = "node_modules/@wp-playground/wordpress-builds/src";
const packed = (path) => new File([readFileSync(`${builds}/${path}`)], path);
const site = await bootWordPress({
  siteUrl: "http://localhost",
  createPhpRuntime: () => loadNodeRuntime("8.2"),
  wordPressZip: packed("wordpress/wp-6.5.zip"),
  sqliteIntegrationPluginZip: packed("sqlite-database-integration/sqlite-database-integration.zip"),
});
const php = await site.getPrimaryPhp();
php.mkdir("/wordpress/wp-content/mu-plugins");
php.writeFile("/wordpress/wp-content/mu-plugins/place.php", `<?php
  add_action('init', function () {
    add_shortcode('place', fn() => '{shortcode ' . var_export(in_the_loop(), true) . ' of post ' . get_the_ID() . '}');
    register_block_type('finding/place', ['render_callback' => fn() => '{block ' . var_export(in_the_loop(), true) . ' of post ' . get_the_ID() . '}']);
  });`);
await php.run({ code: `<?php
  require '/wordpress/wp-load.php';
  $template = wp_insert_post(['post_type' => 'wp_template', 'post_name' => 'single', 'post_title' => 'Single', 'post_status' => 'publish',
    'post_content' => '<!-- wp:shortcode -->[place]<!-- /wp:shortcode --><!-- wp:finding/place /-->']);
  wp_set_object_terms($template, get_stylesheet(), 'wp_theme');` });
const { text } = await site.request({ url: "/?p=1" });
const seen = text.match(/\{\w+ \w+ of post \d+\}/g)?.join(" ");
console.log(`WordPress ${(await php.run({ code: "<?php require '/wordpress/wp-load.php'; echo get_bloginfo('version');" })).text}`);
console.log("expected: {shortcode true of post 1} {block true of post 1}");
console.log(`seen: ${seen}`);
if (seen !== "{shortcode false of post 1} {block true of post 1}") {
  console.log("this has changed");
  process.exit(1);
}
process.exit();
JS
node finding.mjs
