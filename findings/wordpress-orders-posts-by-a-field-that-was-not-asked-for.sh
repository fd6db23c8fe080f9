#!/bin/sh
# A WordPress query that is to order posts by a custom field, and to keep those without it, orders these by any other field they have.
#
# One would expect: with `EXISTS` or `NOT EXISTS` on one key, and `orderby` by the first clause, posts without the key are all alike, below or
# above the others.
# Seen with WordPress 6.5.5: both clauses are LEFT JOINs without the key in their condition, so that a post without the field is joined with
# all its fields. Here a draft whose `_edit_lock` holds the time of day comes before a post with 1,234 views, as if it had billions.
# Fails if the post with views comes first.
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
const { text } = await php.run({ code: `<?php
  require '/wordpress/wp-load.php';
  $draft = wp_insert_post(['post_title' => 'draft', 'post_status' => 'draft']);
  // As the editor writes it when somebody opens the draft: seconds since 1970, and the user.
  update_post_meta($draft, '_edit_lock', '1764444444:1');
  update_post_meta(wp_insert_post(['post_title' => 'read', 'post_status' => 'publish']), 'views', 1234);
  $found = new WP_Query([
    'post_status' => ['publish', 'draft'],
    'meta_query' => [
      'relation' => 'OR',
      'views' => ['key' => 'views', 'type' => 'NUMERIC', 'compare' => 'EXISTS'],
      'none' => ['key' => 'views', 'compare' => 'NOT EXISTS'],
    ],
    'orderby' => ['views' => 'DESC'],
  ]);
  echo json_encode([get_bloginfo('version'), array_slice(wp_list_pluck($found->posts, 'post_title'), 0, 2)]);` });
const [version, titles] = JSON.parse(text);
console.log(`WordPress ${version}`);
console.log("expected: read, then posts without the field");
console.log(`seen: ${titles.join(", then ")}`);
if (titles.join() !== "draft,read") {
  console.log("this has changed");
  process.exit(1);
}
process.exit();
JS
node finding.mjs
