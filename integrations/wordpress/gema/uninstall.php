<?php
/**
 * Deletes what the plugin has saved. Counts stay at the endpoint.
 *
 * @package Gema
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/**
 * Deletes the plugin's data of one site.
 */
function gema_uninstall_site() {
	global $wpdb;
	// phpcs:ignore WordPress.DB -- transients under names that nobody can list otherwise.
	$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s OR option_name LIKE %s", $wpdb->esc_like( '_transient_gema_' ) . '%', $wpdb->esc_like( '_transient_timeout_gema_' ) . '%' ) );
	delete_option( 'gema_settings' );
	delete_option( 'gema_failures' );
	delete_option( 'gema_collected' );
	delete_option( 'gema_import' );
	delete_post_meta_by_key( '_gema_off' );
	delete_post_meta_by_key( '_gema_reads' );
	foreach ( array( 'gema_push', 'gema_push_all', 'gema_collect', 'gema_import' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
}

if ( is_multisite() ) {
	foreach ( get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	) as $gema_site_id ) {
		switch_to_blog( $gema_site_id );
		gema_uninstall_site();
		restore_current_blog();
	}
} else {
	gema_uninstall_site();
}
