<?php
// Removes the callbacks of scheduled checks that contact wordpress.org, and those that the SQLite drop-in does not support.
add_action(
	'plugins_loaded',
	function () {
		foreach ( array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes', 'wp_site_health_scheduled_check', 'wp_maybe_auto_update' ) as $hook ) {
			remove_all_actions( $hook );
			add_action( 'init', fn() => remove_all_actions( $hook ), 99 );
		}
	}
);
