<?php
/**
 * Sends headline, author, excerpt, date and address of each post to the endpoint, in the background, with retries.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const HOOK_PUSH     = 'gema_push';
const HOOK_PUSH_ALL = 'gema_push_all';
const FAILURES      = 'gema_failures';

/** Seconds from each failure to the next attempt. After the last one the notice offers to try again. */
const BACKOFF = array( 60, 300, 1800, 7200, 21600, 86400, 86400, 86400 );

/** How many failures are remembered one by one. */
const MAX_FAILURES = 500;

add_action( 'wp_after_insert_post', __NAMESPACE__ . '\post_was_saved', 10, 4 );
add_action( 'before_delete_post', __NAMESPACE__ . '\post_is_deleted', 10, 2 );
add_action( HOOK_PUSH, __NAMESPACE__ . '\push_now' );
add_action( HOOK_PUSH_ALL, __NAMESPACE__ . '\push_in_background' );

/**
 * Whether articles are sent at all.
 *
 * @return bool
 */
function pushes() {
	return is_configured() && '' !== site_key() && setting( 'push' );
}

/**
 * Handles a saved post, including its terms and meta: it was published, changed, given another address, or withdrawn.
 *
 * @param int           $post_id The post.
 * @param \WP_Post      $post    As it is now.
 * @param bool          $update  Whether it existed before.
 * @param \WP_Post|null $before  Its previous state.
 */
function post_was_saved( $post_id, $post, $update, $before ) {
	if ( ! pushes() || wp_is_post_revision( $post_id ) || wp_is_post_autosave( $post_id ) || ! in_array( $post->post_type, post_types(), true ) ) {
		return;
	}
	$was_published = $before instanceof \WP_Post && 'publish' === $before->post_status;
	if ( is_article( $post ) || $was_published ) {
		schedule_push( $post_id );
	}
}

/**
 * Handles the permanent deletion of a post.
 *
 * @param int      $post_id The post.
 * @param \WP_Post $post    As it is now.
 */
function post_is_deleted( $post_id, $post ) {
	if ( pushes() && 'publish' === $post->post_status && in_array( $post->post_type, post_types(), true ) ) {
		schedule_push( $post_id );
	}
}

/**
 * Schedules the sending of a post in a separate request, so that the editor does not wait.
 *
 * @param int $post_id The post.
 * @param int $delay   In seconds.
 */
function schedule_push( $post_id, $delay = 0 ) {
	// A post that is waiting for its next attempt is sent now.
	wp_clear_scheduled_hook( HOOK_PUSH, array( (int) $post_id ) );
	wp_schedule_single_event( time() + $delay, HOOK_PUSH, array( (int) $post_id ) );
}

/**
 * Sends a post, and records the result.
 *
 * @param int $post_id The post.
 */
function push_now( $post_id ) {
	if ( ! pushes() ) {
		return;
	}
	$failed = push( (int) $post_id );
	note_push( (int) $post_id, $failed );
}

/**
 * Synchronises the endpoint's copy with the post: stores it if the post is published, else deletes it.
 *
 * @param int $post_id The post.
 * @return string|null What went wrong.
 */
function push( $post_id ) {
	$post    = get_post( $post_id );
	$url     = site_url_of( 'articles', array( 'article' => article_key( $post_id ) ) );
	$options = array(
		'key'     => true,
		'timeout' => 10,
	);
	if ( is_article( $post ) ) {
		return failure( request( 'PUT', $url, $options + array( 'json' => article_copy( $post ) ) ) );
	}
	$answer = request( 'DELETE', $url, $options );
	$is_api = ! is_wp_error( $answer ) && 404 === $answer['status'] && 'article' === ( $answer['json']['field'] ?? '' );
	// There was none.
	return $is_api ? null : failure( $answer );
}

/**
 * The copy of a post. Its body is the excerpt; the text is not sent.
 *
 * @param \WP_Post $post The post.
 * @return array
 */
function article_copy( $post ) {
	$title   = headline( $post );
	$title   = '' === $title ? (string) get_the_date( '', $post ) : $title;
	$excerpt = plain_text( $post->post_excerpt );
	if ( '' === $excerpt ) {
		$excerpt = plain_text( wp_trim_words( strip_shortcodes( excerpt_remove_blocks( $post->post_content ) ), 55 ) );
	}
	$copy   = array(
		'title'     => mb_substr( $title, 0, 500 ),
		'published' => get_post_datetime( $post )->format( 'Y-m-d' ),
		'url'       => get_permalink( $post ),
		'html'      => '<p>' . esc_html( '' === $excerpt ? $title : $excerpt ) . '</p>',
	);
	$byline = plain_text( (string) get_the_author_meta( 'display_name', (int) $post->post_author ) );
	if ( '' !== $byline ) {
		$copy['byline'] = mb_substr( $byline, 0, 500 );
	}
	/**
	 * Filters the copy that is sent to the endpoint for a post.
	 *
	 * @param array    $copy `title`, `byline`, `published`, `url`, `html`.
	 * @param \WP_Post $post The post.
	 */
	return apply_filters( 'gema_article_copy', $copy, $post );
}

/**
 * The posts that could not be sent: the number of attempts and the error of each.
 *
 * @return array
 */
function failures() {
	$failures = get_option( FAILURES, array() );
	return is_array( $failures ) ? $failures : array();
}

/**
 * Records the result of an attempt, and schedules the next one.
 *
 * @param int         $post_id The post.
 * @param string|null $failed  What went wrong.
 */
function note_push( $post_id, $failed ) {
	$failures = failures();
	if ( null === $failed ) {
		if ( isset( $failures[ $post_id ] ) ) {
			unset( $failures[ $post_id ] );
			update_option( FAILURES, $failures, false );
		}
		return;
	}
	$attempts             = 1 + ( $failures[ $post_id ]['attempts'] ?? 0 );
	$failures[ $post_id ] = array(
		'attempts' => $attempts,
		'error'    => $failed,
	);
	update_option( FAILURES, array_slice( $failures, -MAX_FAILURES, null, true ), false );
	if ( isset( BACKOFF[ $attempts - 1 ] ) ) {
		schedule_push( $post_id, BACKOFF[ $attempts - 1 ] );
	}
}

/**
 * Sends published posts with greater numbers than this one, for twenty seconds, and schedules the rest. After a failure, continues
 * with the same post in five minutes.
 *
 * @param int $after A post's number.
 */
function push_in_background( $after = 0 ) {
	$until = time() + 20;
	$after = (int) $after;
	while ( pushes() && time() < $until ) {
		$posts = articles_after( $after, 50 );
		if ( ! $posts ) {
			return;
		}
		foreach ( $posts as $post_id ) {
			$failed = push( $post_id );
			note_push( $post_id, $failed );
			if ( null !== $failed ) {
				wp_schedule_single_event( time() + 300, HOOK_PUSH_ALL, array( $post_id - 1 ) );
				return;
			}
			$after = $post_id;
		}
	}
	if ( pushes() ) {
		wp_schedule_single_event( time(), HOOK_PUSH_ALL, array( $after ) );
	}
}

/**
 * The numbers of published posts of the chosen types, greater than this one.
 *
 * @param int $after A post's number.
 * @param int $limit Maximum number of posts.
 * @return int[]
 */
function articles_after( $after, $limit ) {
	global $wpdb;
	$types = post_types();
	if ( ! $types ) {
		return array();
	}
	$places = implode( ', ', array_fill( 0, count( $types ), '%s' ) );
	// phpcs:ignore WordPress.DB -- a list of placeholders, and a walk over all posts, which no cache has.
	$found = $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE ID > %d AND post_status = 'publish' AND post_password = '' AND post_type IN ( $places ) ORDER BY ID LIMIT %d", array_merge( array( $after ), $types, array( $limit ) ) ) );
	return array_map( 'intval', $found );
}
