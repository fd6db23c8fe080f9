<?php
// The site's posts and settings. `php seed.php ENDPOINT KEY`; prints the ID of each post.
// Data that WordPress otherwise writes only on a browser's request.
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'WARTA_HOME' ), PHP_URL_HOST );
require getenv( 'WARTA_CORE' ) . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_upgrade();
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'blogname', 'Warta' );
update_option( 'posts_per_page', 3 );
// Otherwise the first administrator to sign in must confirm the administration's email address.
update_option( 'admin_email_lifespan', time() + YEAR_IN_SECONDS );
update_option( 'active_plugins', array( 'gema/gema.php' ) );
$new = fn( $name, $more = array() ) => wp_insert_post(
	$more + array(
		'post_title'   => ucfirst( $name ),
		'post_name'    => $name,
		'post_content' => '<!-- wp:paragraph --><p>Isi berita.</p><!-- /wp:paragraph -->',
		'post_status'  => 'publish',
		'post_author'  => 1,
	)
);
$posts = array();
for ( $number = 1; $number <= 4; $number++ ) {
	$posts[ "lama-$number" ] = $new( "lama-$number", array( 'post_date' => "2026-01-0$number 08:00:00" ) );
}
$posts['banjir'] = $new(
	'banjir',
	array(
		'post_title'   => 'Banjir "mulai" surut & kering',
		'post_date'    => '2026-02-01 08:00:00',
		'post_content' => '<!-- wp:paragraph --><p>Air di Banjir Kanal mulai surut pada Selasa pagi.</p><!-- /wp:paragraph -->

<!-- wp:image {"align":"full"} --><figure class="wp-block-image alignfull"><img src="/wp-includes/images/w-logo-blue-white-bg.png" alt=""/></figure><!-- /wp:image -->

<!-- wp:heading --><h2 class="wp-block-heading">Besok</h2><!-- /wp:heading -->

<!-- wp:paragraph --><p>Hujan diperkirakan reda sebelum siang.</p><!-- /wp:paragraph -->',
	)
);
$posts['rahasia']   = $new( 'rahasia', array( 'post_password' => 'kunci', 'post_date' => '2025-01-01 08:00:00' ) );
$posts['rancangan'] = $new( 'rancangan', array( 'post_status' => 'draft' ) );
$posts['bersambung'] = $new( 'bersambung', array( 'post_content' => "<p>Bagian satu.</p>\n<!--nextpage-->\n<p>Bagian dua.</p>", 'post_date' => '2025-01-02 08:00:00' ) );
$posts['sisipan']   = $new( 'sisipan', array( 'post_content' => "<p>Sebelum.</p>\n\n[gema share=\"off\" poll=\"bad\"]\n\n<p>Sesudah.</p>", 'post_date' => '2025-01-03 08:00:00' ) );
$posts['blok']      = $new( 'blok', array( 'post_content' => '<!-- wp:gema/widget {"poll":"closed"} /--><!-- wp:paragraph --><p>Sesudah.</p><!-- /wp:paragraph -->', 'post_date' => '2025-01-04 08:00:00' ) );
$posts['laman']     = $new( 'laman', array( 'post_type' => 'page' ) );
update_option(
	'gema_settings',
	array(
		'endpoint' => $argv[1],
		'site'     => 'warta',
		'key'      => $argv[2] ?? '',
		'lists'    => true,
	)
);
flush_rewrite_rules();
echo wp_json_encode( $posts );
