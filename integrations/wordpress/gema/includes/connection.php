<?php
/**
 * The connection test: checks site, readers' requests and endpoint, and names the wrong header or origin.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

/**
 * The origin of the site's pages, as browsers send it.
 *
 * @return string
 */
function page_origin() {
	$parts = wp_parse_url( home_url() );
	$port  = isset( $parts['port'] ) ? ':' . $parts['port'] : '';
	return strtolower( $parts['scheme'] . '://' . $parts['host'] ) . $port;
}

/**
 * Tests the connection.
 *
 * @return array[] Findings: whether it is right, and a sentence.
 */
function test_connection() {
	if ( ! is_configured() ) {
		return array( wrong( __( 'Endpoint and site are not both set.', 'gema' ) ) );
	}
	$reached = test_endpoint();
	if ( ! $reached[0] ) {
		return array( $reached );
	}
	$findings = array_merge( array( $reached, test_scheme(), test_script() ), test_site( $is_known ) );
	return $is_known ? array_merge( $findings, array( test_key() ) ) : $findings;
}

/**
 * A finding without an error.
 *
 * @param string $text A sentence.
 * @return array
 */
function right( $text ) {
	return array( true, $text );
}

/**
 * A finding with an error.
 *
 * @param string $text A sentence that names the remedy.
 * @return array
 */
function wrong( $text ) {
	return array( false, $text );
}

/**
 * Checks that the address answers, and that Gema does.
 *
 * @return array
 */
function test_endpoint() {
	$endpoint = setting( 'endpoint' );
	$answer   = request( 'GET', $endpoint . '/v1/version' );
	if ( is_wp_error( $answer ) ) {
		/* translators: 1: an address, 2: an error message */
		return wrong( sprintf( __( 'This server cannot reach %1$s: %2$s', 'gema' ), $endpoint, $answer->get_error_message() ) );
	}
	if ( ! is_array( $answer['json'] ) || 'gema' !== ( $answer['json']['name'] ?? '' ) ) {
		/* translators: 1: an address, 2: an HTTP status */
		return wrong( sprintf( __( '%1$s answers with the status %2$d, and not as a Gema endpoint does. Is the address right, with its path if it has one?', 'gema' ), $endpoint . '/v1/version', $answer['status'] ) );
	}
	/* translators: %s: a version number */
	return right( sprintf( __( 'The endpoint answers: Gema %s.', 'gema' ), $answer['json']['version'] ?? '' ) );
}

/**
 * Checks that an https:// page has an https:// endpoint: browsers block mixed content.
 *
 * @return array
 */
function test_scheme() {
	if ( 0 === strpos( page_origin(), 'https:' ) && 0 === strpos( setting( 'endpoint' ), 'http:' ) ) {
		return wrong( __( 'Your pages are at https:// and the endpoint is at http://, from which browsers load nothing there. Give the endpoint a certificate.', 'gema' ) );
	}
	return right( __( 'Browsers may load the endpoint on your pages.', 'gema' ) );
}

/**
 * Checks that the script is served as JavaScript.
 *
 * @return array
 */
function test_script() {
	$answer = request( 'GET', setting( 'endpoint' ) . '/embed.js' );
	$failed = failure( $answer );
	if ( null !== $failed ) {
		/* translators: %s: an error message */
		return wrong( sprintf( __( 'The script embed.js does not arrive: %s', 'gema' ), $failed ) );
	}
	$type = (string) ( $answer['headers']['content-type'] ?? '' );
	if ( ! preg_match( '~^(text|application)/javascript\b~', $type ) ) {
		/* translators: 1: a header, 2: its value */
		return wrong( sprintf( __( 'The header %1$s of embed.js is “%2$s” and must be “text/javascript”: a server in front of the endpoint changes it.', 'gema' ), 'Content-Type', $type ) );
	}
	return right( __( 'The script embed.js arrives.', 'gema' ) );
}

/**
 * Checks that the endpoint has the site, and accepts events from its pages.
 *
 * @param bool|null $is_known Set to whether the endpoint has the site.
 * @return array[]
 */
function test_site( &$is_known ) {
	$origin = page_origin();
	$query  = array(
		'article' => 'wp-0',
		'origin'  => $origin,
	);
	$answer = request( 'GET', site_url_of( 'view', $query ), array( 'headers' => array( 'Origin' => $origin ) ) );
	$failed   = failure( $answer );
	$is_known = null === $failed;
	if ( ! $is_known ) {
		return array( wrong( $failed ) );
	}
	/* translators: %s: the site's name at the endpoint */
	$findings = array( right( sprintf( __( 'The endpoint has the site “%s”.', 'gema' ), setting( 'site' ) ) ) );
	$refusal  = $answer['json']['refusal'] ?? null;
	/* translators: %s: an origin, such as https://news.example */
	$findings[] = $refusal ? wrong( $refusal ) : right( sprintf( __( 'The endpoint takes what readers do on pages of %s.', 'gema' ), $origin ) );
	$allowed    = (string) ( $answer['headers']['access-control-allow-origin'] ?? '' );
	if ( '*' !== $allowed && $origin !== $allowed ) {
		/* translators: 1: a header, 2: its value, 3: the value it must have */
		$findings[] = wrong( sprintf( __( 'The header %1$s is “%2$s” and must be “%3$s”: a server in front of the endpoint removes or changes it.', 'gema' ), 'Access-Control-Allow-Origin', $allowed, '*' ) );
	}
	$findings[] = test_program( (string) ( $answer['json']['assets']['wasm'] ?? '' ) );
	return array_values( array_filter( $findings ) );
}

/**
 * Checks that the widget's WebAssembly is served with its content type.
 *
 * @param string $path Its path below the endpoint.
 * @return array|null
 */
function test_program( $path ) {
	if ( '' === $path ) {
		return null;
	}
	$answer = request( 'HEAD', setting( 'endpoint' ) . '/' . $path );
	$failed = failure( $answer );
	$type   = is_wp_error( $answer ) ? '' : (string) ( $answer['headers']['content-type'] ?? '' );
	if ( null !== $failed ) {
		/* translators: 1: a path, 2: an error message */
		return wrong( sprintf( __( 'The file %1$s does not arrive: %2$s', 'gema' ), $path, $failed ) );
	}
	if ( 'application/wasm' !== $type ) {
		/* translators: 1: a header, 2: its value */
		return wrong( sprintf( __( 'The header %1$s of the widget’s program is “%2$s” and must be “application/wasm”: a server in front of the endpoint changes it.', 'gema' ), 'Content-Type', $type ) );
	}
	return null;
}

/**
 * Checks that the endpoint accepts articles from this WordPress.
 *
 * @return array
 */
function test_key() {
	if ( '' === site_key() ) {
		return right( __( 'No key is set: the widget works, and headlines and earlier counts cannot be sent.', 'gema' ) );
	}
	$answer = request( 'GET', site_url_of( 'articles' ), array( 'key' => true ) );
	if ( ! is_wp_error( $answer ) && 401 === $answer['status'] ) {
		/* translators: %s: a header */
		return wrong( sprintf( __( 'The endpoint refuses the key. Either it is not the `key` of the site in gema.toml, or a server in front of the endpoint removes the header %s.', 'gema' ), 'Authorization' ) );
	}
	$failed = failure( $answer );
	return null === $failed ? right( __( 'The endpoint takes the key.', 'gema' ) ) : wrong( $failed );
}
