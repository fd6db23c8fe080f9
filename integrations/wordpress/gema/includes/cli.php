<?php
/**
 * `wp gema`: the settings page's buttons on the command line.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

/**
 * Tests the connection to the Gema endpoint, imports earlier counts, and sends headlines.
 */
class Command {

	/**
	 * Tests the connection, and names the wrong header or origin.
	 *
	 * ## EXAMPLES
	 *
	 *     wp gema test
	 */
	public function test() {
		$is_right = true;
		foreach ( test_connection() as list( $finding, $text ) ) {
			\WP_CLI::log( ( $finding ? 'ok     ' : 'WRONG  ' ) . $text );
			$is_right = $is_right && $finding;
		}
		if ( ! $is_right ) {
			\WP_CLI::halt( 1 );
		}
	}

	/**
	 * Imports the counts of an earlier counter.
	 *
	 * ## OPTIONS
	 *
	 * [<counter>]
	 * : wp-postviews, post-views-count, popular-posts or post-views-counter. Without it, those that have left counts are listed.
	 *
	 * [--dry-run]
	 * : Shows what would be imported, and sends nothing.
	 *
	 * ## EXAMPLES
	 *
	 *     wp gema import
	 *     wp gema import wp-postviews --dry-run
	 *     wp gema import wp-postviews
	 *
	 * @param string[] $arguments  The counter.
	 * @param array    $options    The options.
	 */
	public function import( $arguments, $options ) {
		if ( ! $arguments ) {
			foreach ( array_filter( import_sources(), __NAMESPACE__ . '\has_source' ) as $name => $source ) {
				\WP_CLI::log( $name . "\t" . $source['label'] );
			}
			return;
		}
		$name = $arguments[0];
		if ( ! isset( import_sources()[ $name ] ) ) {
			\WP_CLI::error( 'There is no such counter. There are: ' . implode( ', ', array_keys( import_sources() ) ) );
		}
		if ( ! empty( $options['dry-run'] ) ) {
			$sum = import_dry_run( $name, fn( $post_id, $reads ) => \WP_CLI::log( article_key( $post_id ) . "\t" . $reads . "\t" . headline( get_post( $post_id ) ) ) );
			\WP_CLI::success( sprintf( '%d reads of %d posts would be imported; %d posts are left out.', $sum['reads'], $sum['posts'], $sum['left_out'] ) );
			return;
		}
		start_import( $name );
		do {
			$more  = import_next();
			$state = get_option( IMPORT );
			if ( '' !== $state['error'] ) {
				\WP_CLI::error( $state['error'] );
			}
		} while ( $more );
		wp_clear_scheduled_hook( HOOK_IMPORT );
		\WP_CLI::success( sprintf( '%d reads of %d posts are imported.', $state['reads'], $state['posts'] ) );
	}

	/**
	 * Sends headline, author, date and address of all published posts.
	 *
	 * ## EXAMPLES
	 *
	 *     wp gema push
	 */
	public function push() {
		$after = 0;
		$sent  = 0;
		while ( $posts = articles_after( $after, 50 ) ) { // phpcs:ignore WordPress.CodeAnalysis.AssignmentInCondition
			foreach ( $posts as $post_id ) {
				$failed = push( $post_id );
				note_push( $post_id, $failed );
				if ( null !== $failed ) {
					\WP_CLI::error( $failed );
				}
				$after = $post_id;
				++$sent;
			}
		}
		\WP_CLI::success( sprintf( '%d posts are sent.', $sent ) );
	}

	/**
	 * Lists each post's path and article key, separated by a tab: for `gema alias`, if the bare tag has counted by path.
	 *
	 * ## EXAMPLES
	 *
	 *     wp gema paths > moved.tsv
	 */
	public function paths() {
		$after = 0;
		while ( $posts = articles_after( $after, 500 ) ) { // phpcs:ignore WordPress.CodeAnalysis.AssignmentInCondition
			foreach ( $posts as $post_id ) {
				\WP_CLI::log( path_of( $post_id ) . "\t" . article_key( $post_id ) );
				$after = $post_id;
			}
		}
	}
}

\WP_CLI::add_command( 'gema', __NAMESPACE__ . '\Command' );
