<?php
/**
 * Requests to the endpoint.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

/**
 * The address of a resource of the site at the endpoint.
 *
 * @param string   $name  Such as `articles`.
 * @param string[] $query The query's values by name.
 * @return string
 */
function site_url_of( $name, $query = array() ) {
	$url = setting( 'endpoint' ) . '/v1/sites/' . rawurlencode( setting( 'site' ) ) . '/' . $name;
	return $query ? $url . '?' . http_build_query( $query, '', '&', PHP_QUERY_RFC3986 ) : $url;
}

/**
 * Sends a request. Redirects are not followed: they would carry the key elsewhere.
 *
 * @param string $method  `GET`, `PUT` or `DELETE`.
 * @param string $url     The address.
 * @param array  $options `key` (send the site's key), `json` (the body), `headers`, `timeout` in seconds.
 * @return array|\WP_Error `status`, `headers`, `body` and, where the body is JSON, `json`.
 */
function request( $method, $url, $options = array() ) {
	$headers   = $options['headers'] ?? array();
	$arguments = array(
		'method'      => $method,
		'timeout'     => $options['timeout'] ?? 5,
		'redirection' => 0,
		'user-agent'  => 'Gema for WordPress/' . VERSION,
	);
	if ( ! empty( $options['key'] ) ) {
		$headers['Authorization'] = 'Bearer ' . site_key();
	}
	if ( isset( $options['json'] ) ) {
		$headers['Content-Type'] = 'application/json';
		$arguments['body']       = wp_json_encode( $options['json'] );
	}
	$arguments['headers'] = $headers;

	$response = wp_remote_request( $url, $arguments );
	if ( is_wp_error( $response ) ) {
		return $response;
	}
	$body = wp_remote_retrieve_body( $response );
	return array(
		'status'  => (int) wp_remote_retrieve_response_code( $response ),
		'headers' => wp_remote_retrieve_headers( $response ),
		'body'    => $body,
		'json'    => json_decode( $body, true ),
	);
}

/**
 * The error of a request, as a sentence; `null` on success.
 *
 * @param array|\WP_Error $answer Of `request`.
 * @return string|null
 */
function failure( $answer ) {
	if ( is_wp_error( $answer ) ) {
		return $answer->get_error_message();
	}
	if ( $answer['status'] >= 200 && $answer['status'] < 300 ) {
		return null;
	}
	if ( is_array( $answer['json'] ) && isset( $answer['json']['detail'] ) ) {
		return (string) $answer['json']['detail'];
	}
	/* translators: %d: an HTTP status, such as 502 */
	return sprintf( __( 'The answer has the status %d and is not of a Gema endpoint.', 'gema' ), $answer['status'] );
}

/**
 * The counts of many posts by key. Splits long requests.
 *
 * @param string[] $keys    Their keys.
 * @param int      $timeout In seconds.
 * @return array|\WP_Error
 */
function tallies( $keys, $timeout = 3 ) {
	$tallies = array();
	foreach ( array_chunk( $keys, 50 ) as $chunk ) {
		$query  = implode( '&', array_map( fn( $key ) => 'article=' . rawurlencode( $key ), $chunk ) );
		$answer = request( 'GET', site_url_of( 'tallies' ) . '?' . $query, array( 'timeout' => $timeout ) );
		$failed = failure( $answer );
		if ( null !== $failed || ! isset( $answer['json']['tallies'] ) ) {
			return new \WP_Error( 'gema', $failed ?? __( 'The answer is not of a Gema endpoint.', 'gema' ) );
		}
		foreach ( $chunk as $at => $key ) {
			$tallies[ $key ] = $answer['json']['tallies'][ $at ] ?? array();
		}
	}
	return $tallies;
}
