<?php
/**
 * Plugin Name:       Gema
 * Description:       A share bar, a read counter and a reaction poll under your posts, counted by your own Gema endpoint.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       gema
 * Domain Path:       /languages
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const VERSION = '0.1.0';
const FILE    = __FILE__;

require __DIR__ . '/includes/settings.php';
require __DIR__ . '/includes/article.php';
require __DIR__ . '/includes/widget.php';
require __DIR__ . '/includes/lists.php';
require __DIR__ . '/includes/blocks.php';
require __DIR__ . '/includes/endpoint.php';
require __DIR__ . '/includes/connection.php';
require __DIR__ . '/includes/fragment.php';
require __DIR__ . '/includes/push.php';
require __DIR__ . '/includes/counts.php';
require __DIR__ . '/includes/import.php';

if ( is_admin() ) {
	require __DIR__ . '/includes/settings-page.php';
	require __DIR__ . '/includes/push-notice.php';
	require __DIR__ . '/includes/posts-list.php';
	require __DIR__ . '/includes/days.php';
	require __DIR__ . '/includes/import-page.php';
}

if ( defined( 'WP_CLI' ) && \WP_CLI ) {
	require __DIR__ . '/includes/cli.php';
}

add_action( 'init', __NAMESPACE__ . '\load_translations' );
register_deactivation_hook( FILE, __NAMESPACE__ . '\deactivate' );

/**
 * Loads the translations that come with the plugin.
 */
function load_translations() {
	load_plugin_textdomain( 'gema', false, dirname( plugin_basename( FILE ) ) . '/languages' );
}

/**
 * Cancels scheduled jobs, on every site of a network if the plugin is deactivated for all of them. Settings and failures stay until
 * the plugin is deleted.
 *
 * @param bool $is_network Whether it is deactivated for a whole network.
 */
function deactivate( $is_network = false ) {
	$query = array(
		'fields' => 'ids',
		'number' => 0,
	);
	foreach ( $is_network ? get_sites( $query ) : array( 0 ) as $site_id ) {
		if ( $site_id ) {
			switch_to_blog( $site_id );
		}
		foreach ( array( HOOK_PUSH, HOOK_PUSH_ALL, HOOK_COLLECT, HOOK_IMPORT ) as $hook ) {
			wp_unschedule_hook( $hook );
		}
		if ( $site_id ) {
			restore_current_blog();
		}
	}
}
