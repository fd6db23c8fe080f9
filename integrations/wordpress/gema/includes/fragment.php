<?php
/**
 * The widget's markup, rendered by the endpoint and included in the page, so that it is visible before any script has run.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

/**
 * The markup of a post's widget, at most a minute old. Waits one second for it; after a failure, does not try for a minute.
 *
 * @param array $attributes The element's attributes.
 * @return string Empty if the endpoint does not answer: the script brings it then.
 */
function fragment( $attributes ) {
	$query = array(
		'article'  => $attributes['article'],
		'lang'     => get_bloginfo( 'language' ),
		'title'    => $attributes['data-title'],
		'url'      => $attributes['url'],
		'origin'   => page_origin(),
		'endpoint' => setting( 'endpoint' ) . '/',
	) + array_intersect_key( $attributes, array_flip( array( 'share', 'reads', 'poll' ) ) );
	$url   = site_url_of( 'widget.html', $query );
	$name  = 'gema_drawn_' . md5( $url );
	$kept  = get_transient( $name );
	if ( is_string( $kept ) ) {
		return $kept;
	}
	$answer = request( 'GET', $url, array( 'timeout' => 1 ) );
	$is_it  = null === failure( $answer ) && 0 === strpos( ltrim( $answer['body'] ), '<template shadowrootmode="open"' );
	$html   = $is_it ? trim( $answer['body'] ) : '';
	set_transient( $name, $html, MINUTE_IN_SECONDS );
	return $html;
}
