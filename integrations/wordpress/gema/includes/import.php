<?php
/**
 * Import of earlier counters' views, as starting counts at the endpoint.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const HOOK_IMPORT = 'gema_import';
const IMPORT      = 'gema_import';

/** How many posts are read, and sent, at once. */
const IMPORT_AT_ONCE = 50;

add_action( HOOK_IMPORT, __NAMESPACE__ . '\import_in_background' );

/**
 * The supported counters, and where each stores its counts.
 *
 * @return array[] Each under its name: `label`, and `meta` (a key of post meta) or `table`, `post`, `count` and `where`.
 */
function import_sources() {
	return array(
		'wp-postviews'       => array(
			'label' => 'WP-PostViews',
			'meta'  => 'views',
		),
		'post-views-count'   => array(
			/* translators: %s: the name of a custom field */
			'label' => sprintf( __( 'Custom field %s (many themes)', 'gema' ), 'post_views_count' ),
			'meta'  => 'post_views_count',
		),
		'popular-posts'      => array(
			'label' => 'WordPress Popular Posts',
			'table' => 'popularpostsdata',
			'post'  => 'postid',
			'count' => 'pageviews',
			'where' => '1 = 1',
		),
		'post-views-counter' => array(
			'label' => 'Post Views Counter',
			'table' => 'post_views',
			'post'  => 'id',
			'count' => 'count',
			// The table has days, weeks, months and years besides the total.
			'where' => 'type = 4',
		),
	);
}

/**
 * The next batch of a source's counts: for posts with greater numbers than this one. Includes posts that are not articles, which
 * are reported as left out.
 *
 * @param string $name  The source.
 * @param int    $after A post's number.
 * @param int    $limit Maximum number of posts.
 * @return int[] Counts, each under its post's number.
 */
function import_counts( $name, $after = 0, $limit = IMPORT_AT_ONCE ) {
	global $wpdb;
	$source = import_sources()[ $name ] ?? null;
	if ( null === $source || ! has_source( $source ) ) {
		return array();
	}
	$table = isset( $source['meta'] ) ? $wpdb->postmeta : $wpdb->prefix . $source['table'];
	$post  = $source['post'] ?? 'post_id';
	$count = $source['count'] ?? 'meta_value';
	$where = isset( $source['meta'] ) ? $wpdb->prepare( 'meta_key = %s', $source['meta'] ) : $source['where'];
	// phpcs:disable WordPress.DB -- names of tables and columns are constants of this file; nothing caches other plugins' tables.
	// Limit the posts, not the rows: otherwise a batch could end between two rows of one post.
	$posts = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT `$post` FROM `$table` WHERE $where AND `$post` > %d ORDER BY `$post` LIMIT %d", $after, $limit ) );
	if ( ! $posts ) {
		return array();
	}
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT `$post` AS post, `$count` AS count FROM `$table` WHERE $where AND `$post` BETWEEN %d AND %d ORDER BY `$post`", $posts[0], end( $posts ) ) );
	// phpcs:enable
	$counts = array();
	foreach ( $rows as $row ) {
		$post = (int) $row->post;
		// A post may have a field twice; the greater value is the later one.
		$counts[ $post ] = max( $counts[ $post ] ?? 0, count_in( $row->count ) );
	}
	return $counts;
}

/**
 * Parses a counter's value. Themes write "1,234" and "1.234"; anything else than a number counts as 0.
 *
 * @param mixed $value The value.
 * @return int
 */
function count_in( $value ) {
	$text = trim( (string) $value );
	if ( preg_match( '/^\d{1,3}([.,]\d{3})+$/', $text ) ) {
		$text = str_replace( array( '.', ',' ), '', $text );
	}
	return preg_match( '/^\d{1,15}$/', $text ) ? (int) $text : 0;
}

/**
 * Whether this WordPress has counts of the counter.
 *
 * @param array $source Of `import_sources`.
 * @return bool
 */
function has_source( $source ) {
	global $wpdb;
	// phpcs:disable WordPress.DB -- as above.
	if ( isset( $source['meta'] ) ) {
		return null !== $wpdb->get_var( $wpdb->prepare( "SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s LIMIT 1", $source['meta'] ) );
	}
	$table = $wpdb->prefix . $source['table'];
	return $table === $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) );
	// phpcs:enable
}

/**
 * A dry run: computes the result of an import, and sends nothing.
 *
 * @param string        $name The source.
 * @param callable|null $row  Called with each post that would be imported, and its count.
 * @return array `posts`, `reads`, `left_out`: posts that are not counted here, or have no count.
 */
function import_dry_run( $name, $row = null ) {
	$sum   = array(
		'posts'    => 0,
		'reads'    => 0,
		'left_out' => 0,
	);
	$after = 0;
	do {
		$counts = import_counts( $name, $after, 1000 );
		_prime_post_caches( array_keys( $counts ), false, true );
		foreach ( $counts as $post_id => $reads ) {
			$after = $post_id;
			if ( 0 === $reads || ! is_article( get_post( $post_id ) ) ) {
				++$sum['left_out'];
				continue;
			}
			++$sum['posts'];
			$sum['reads'] += $reads;
			if ( $row ) {
				$row( $post_id, $reads );
			}
		}
	} while ( $counts );
	return $sum;
}

/**
 * Sets a post's starting count of reads. Starting counts of reactions and shares stay.
 *
 * @param int $post_id The post.
 * @param int $reads   Its count.
 * @return string|null What went wrong.
 */
function import_post( $post_id, $reads ) {
	$url    = site_url_of( 'articles', array( 'article' => article_key( $post_id ) ) );
	$with   = array(
		'key'     => true,
		'timeout' => 10,
	);
	$known  = request( 'GET', $url, $with );
	$is_new = ! is_wp_error( $known ) && 404 === $known['status'] && 'article' === ( $known['json']['field'] ?? '' );
	$failed = $is_new ? null : failure( $known );
	if ( null !== $failed ) {
		return $failed;
	}
	$imported = $is_new ? array() : (array) ( $known['json']['tally']['imported'] ?? array() );
	if ( ( $imported['reads'] ?? null ) === $reads ) {
		return null;
	}
	$imported['reads'] = $reads;
	return failure( request( 'PUT', $url, $with + array( 'json' => array( 'imported' => $imported ) ) ) );
}

/**
 * Starts an import in the background.
 *
 * @param string $name The source.
 */
function start_import( $name ) {
	$state = array(
		'source' => $name,
		'after'  => 0,
		'posts'  => 0,
		'reads'  => 0,
		'error'  => '',
		'done'   => false,
	);
	update_option( IMPORT, $state, false );
	wp_clear_scheduled_hook( HOOK_IMPORT );
	wp_schedule_single_event( time(), HOOK_IMPORT );
}

/**
 * Imports for twenty seconds, and schedules the rest. After a failure, repeats the batch in five minutes: counts are set, not added.
 */
function import_in_background() {
	$until = time() + 20;
	do {
		$more = import_next();
	} while ( $more && time() < $until && '' === get_option( IMPORT )['error'] );
	if ( $more ) {
		wp_schedule_single_event( time() + ( '' === get_option( IMPORT )['error'] ? 0 : 300 ), HOOK_IMPORT );
	}
}

/**
 * Imports the next batch.
 *
 * @return bool Whether there is more.
 */
function import_next() {
	$state = get_option( IMPORT );
	if ( ! is_array( $state ) || $state['done'] || '' === site_key() ) {
		return false;
	}
	$counts         = import_counts( $state['source'], $state['after'] );
	$state['error'] = '';
	foreach ( $counts as $post_id => $reads ) {
		if ( $reads && is_article( get_post( $post_id ) ) ) {
			$failed = import_post( $post_id, $reads );
			if ( null !== $failed ) {
				$state['error'] = $failed;
				break;
			}
			++$state['posts'];
			$state['reads'] += $reads;
		}
		$state['after'] = $post_id;
	}
	$state['done'] = ! $counts;
	update_option( IMPORT, $state, false );
	return ! $state['done'];
}
