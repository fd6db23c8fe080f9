<?php
// Converts the site to the first one of a network, and adds a second one at /dua/: `php network.php`. Prints the number of the second.
define( 'WP_ADMIN', true );
if ( ! is_file( getenv( 'WARTA_CONTENT' ) . '/network' ) ) {
	require getenv( 'WARTA_CORE' ) . '/wp-load.php';
	require ABSPATH . 'wp-admin/includes/admin.php';
	require ABSPATH . 'wp-admin/includes/network.php';
	require ABSPATH . 'wp-admin/includes/upgrade.php';
	deactivate_plugins( 'gema/gema.php' );
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
		$wpdb->$table = $name;
	}
	install_network();
	populate_network( 1, preg_replace( '~^https?://~', '', WP_HOME ), 'admin@warta.example', 'Jaringan', '/', false );
	touch( getenv( 'WARTA_CONTENT' ) . '/network' );
	// The constants of a network are only defined in a new process.
	passthru( PHP_BINARY . ' ' . escapeshellarg( __FILE__ ), $status );
	exit( $status );
}
require getenv( 'WARTA_CORE' ) . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';
$site = wp_insert_site(
	array(
		'domain'     => DOMAIN_CURRENT_SITE,
		'path'       => '/dua/',
		'network_id' => 1,
		'user_id'    => 1,
		'title'      => 'Dua',
	)
);
// WordPress removes the colon before the port from a site's domain.
$wpdb->update( $wpdb->blogs, array( 'domain' => DOMAIN_CURRENT_SITE ), array( 'blog_id' => $site ) );
clean_blog_cache( $site );
switch_to_blog( $site );
update_option( 'gema_settings', get_blog_option( 1, 'gema_settings' ) );
restore_current_blog();
// WordPress ignores WP_HOME in a network, so set the address of each site.
foreach ( array( 1 => WP_HOME, $site => WP_HOME . '/dua' ) as $number => $home ) {
	switch_to_blog( $number );
	update_option( 'home', $home );
	update_option( 'siteurl', $home );
	update_option( 'permalink_structure', '' );
	restore_current_blog();
}
activate_plugin( 'gema/gema.php', '', true );
echo $site;
