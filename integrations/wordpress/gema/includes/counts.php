<?php
/**
 * Counts in the administration: cached for a minute, and stored as post meta, so that lists can be sorted by them.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const META_READS   = '_gema_reads';
const HOOK_COLLECT = 'gema_collect';
const COLLECTED    = 'gema_collected';

/** How many posts are refreshed an hour. */
const COLLECT_AT_ONCE = 1000;

add_action( 'init', __NAMESPACE__ . '\schedule_collection' );
add_action( HOOK_COLLECT, __NAMESPACE__ . '\collect' );
add_action( 'admin_bar_menu', __NAMESPACE__ . '\add_to_admin_bar', 80 );

/**
 * The counts of some posts, by post number. One request for up to 50 posts. The answer, or its absence, is cached for a
 * minute, so that an endpoint that is down costs two seconds a minute.
 *
 * @param int[] $post_ids The posts.
 * @return array|null `null`: the endpoint did not answer.
 */
function counts_of( $post_ids ) {
	if ( ! $post_ids || ! is_configured() ) {
		return array();
	}
	$keys = array();
	foreach ( $post_ids as $post_id ) {
		$keys[ (int) $post_id ] = article_key( $post_id );
	}
	$name = 'gema_counts_' . md5( setting( 'endpoint' ) . '|' . setting( 'site' ) . '|' . implode( '|', $keys ) );
	$kept = get_transient( $name );
	if ( false !== $kept ) {
		return is_array( $kept ) ? $kept : null;
	}
	$tallies = tallies( array_values( $keys ), 2 );
	if ( is_wp_error( $tallies ) ) {
		set_transient( $name, 'none', MINUTE_IN_SECONDS );
		return null;
	}
	$counts = array();
	foreach ( $keys as $post_id => $key ) {
		$counts[ $post_id ] = $tallies[ $key ];
		keep_reads( $post_id, (int) ( $tallies[ $key ]['reads'] ?? 0 ) );
	}
	set_transient( $name, $counts, MINUTE_IN_SECONDS );
	return $counts;
}

/**
 * Stores a post's reads for sorting.
 *
 * @param int $post_id The post.
 * @param int $reads   How often it was read.
 */
function keep_reads( $post_id, $reads ) {
	if ( (string) $reads !== (string) get_post_meta( $post_id, META_READS, true ) ) {
		update_post_meta( $post_id, META_READS, $reads );
	}
}

/**
 * Schedules the hourly refresh, if an endpoint is set.
 */
function schedule_collection() {
	$is_planned = wp_next_scheduled( HOOK_COLLECT );
	if ( is_configured() && ! $is_planned ) {
		wp_schedule_event( time(), 'hourly', HOOK_COLLECT );
	} elseif ( ! is_configured() && $is_planned ) {
		wp_clear_scheduled_hook( HOOK_COLLECT );
	}
}

/**
 * Refreshes the numbers stored for sorting: of recently read posts, and of the next batch of all posts.
 */
function collect() {
	$after = (int) get_option( COLLECTED, 0 );
	$posts = articles_after( $after, COLLECT_AT_ONCE );
	update_option( COLLECTED, count( $posts ) < COLLECT_AT_ONCE ? 0 : end( $posts ), false );
	$keys = array();
	foreach ( array_merge( most_read(), $posts ) as $post_id ) {
		$keys[ $post_id ] = article_key( $post_id );
	}
	$tallies = tallies( array_values( $keys ), 10 );
	if ( is_wp_error( $tallies ) ) {
		return;
	}
	update_meta_cache( 'post', array_keys( $keys ) );
	foreach ( $keys as $post_id => $key ) {
		keep_reads( $post_id, (int) ( $tallies[ $key ]['reads'] ?? 0 ) );
	}
}

/**
 * The posts that were read most in the last two days.
 *
 * @return int[]
 */
function most_read() {
	$query  = array(
		'by'    => 'reads',
		'days'  => 2,
		'limit' => 50,
	);
	$answer = request( 'GET', site_url_of( 'top.json', $query ) );
	$posts  = array();
	foreach ( is_wp_error( $answer ) ? array() : (array) ( $answer['json']['articles'] ?? array() ) as $article ) {
		$number = preg_match( '/(\d+)$/', (string) ( $article['article'] ?? '' ), $found ) ? (int) $found[1] : 0;
		if ( $number && article_key( $number ) === $article['article'] && get_post( $number ) ) {
			$posts[] = $number;
		}
	}
	return $posts;
}

/**
 * Shows the post's reads in the admin bar.
 *
 * @param \WP_Admin_Bar $bar The bar.
 */
function add_to_admin_bar( $bar ) {
	if ( is_admin() || ! is_configured() || ! is_singular( post_types() ) ) {
		return;
	}
	$post = get_queried_object();
	if ( ! is_article( $post ) || ! current_user_can( 'edit_post', $post->ID ) ) {
		return;
	}
	$counts = counts_of( array( $post->ID ) );
	if ( ! isset( $counts[ $post->ID ]['reads'] ) ) {
		return;
	}
	$reads = (int) $counts[ $post->ID ]['reads'];
	$bar->add_node(
		array(
			'id'    => 'gema-reads',
			'title' => esc_html( reads_text( $reads ) ),
			'href'  => get_edit_post_link( $post->ID, 'raw' ) . '#gema-counts',
		)
	);
}

/**
 * A number of reads in words.
 *
 * @param int $reads The number.
 * @return string
 */
function reads_text( $reads ) {
	/* translators: %s: a number */
	return sprintf( _n( 'Read %s time', 'Read %s times', $reads, 'gema' ), number_format_i18n( $reads ) );
}
