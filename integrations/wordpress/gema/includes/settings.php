<?php
/**
 * The plugin's settings: one option, its defaults, and its validation.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const OPTION = 'gema_settings';

/**
 * The default settings.
 *
 * @return array
 */
function default_settings() {
	return array(
		'endpoint' => '',
		'site'     => '',
		'key'      => '',
		'types'    => array( 'post' ),
		'after'    => true,
		'draw'     => false,
		'lists'    => false,
		'push'     => true,
	);
}

/**
 * All settings.
 *
 * @return array
 */
function settings() {
	$saved = get_option( OPTION, array() );
	return array_merge( default_settings(), is_array( $saved ) ? $saved : array() );
}

/**
 * One setting.
 *
 * @param string $name Its name.
 * @return mixed
 */
function setting( $name ) {
	return settings()[ $name ];
}

/**
 * The key for the endpoint's article interface: `GEMA_KEY` in wp-config.php, else the saved one.
 *
 * @return string
 */
function site_key() {
	return defined( 'GEMA_KEY' ) ? (string) \GEMA_KEY : (string) setting( 'key' );
}

/**
 * Whether endpoint and site are set.
 *
 * @return bool
 */
function is_configured() {
	return '' !== setting( 'endpoint' ) && '' !== setting( 'site' );
}

/**
 * The post types whose posts have the widget, of those that are registered and public.
 *
 * @return string[]
 */
function post_types() {
	return array_values( array_intersect( (array) setting( 'types' ), selectable_post_types() ) );
}

/**
 * The post types that can be chosen.
 *
 * @return string[]
 */
function selectable_post_types() {
	return array_values( array_diff( get_post_types( array( 'public' => true ) ), array( 'attachment' ) ) );
}

/**
 * Validates the values of the form. An invalid value leaves the saved one, with a message.
 *
 * @param mixed $input The form's values.
 * @return array
 */
function sanitize_settings( $input ) {
	$input = is_array( $input ) ? $input : array();
	$saved = settings();
	$clean = array(
		'endpoint' => sanitize_endpoint( $input['endpoint'] ?? '', $saved['endpoint'] ),
		'site'     => sanitize_site( $input['site'] ?? '', $saved['site'] ),
		'key'      => sanitize_key_field( $input['key'] ?? '', $saved['key'], ! empty( $input['forget_key'] ) ),
		'types'    => array_values( array_intersect( array_map( 'strval', (array) ( $input['types'] ?? array() ) ), selectable_post_types() ) ),
	);
	foreach ( array( 'after', 'draw', 'lists', 'push' ) as $name ) {
		$clean[ $name ] = ! empty( $input[ $name ] );
	}
	return $clean;
}

/**
 * The endpoint's address, without a slash at its end.
 *
 * @param mixed  $input The entered value.
 * @param string $saved The saved value.
 * @return string
 */
function sanitize_endpoint( $input, $saved ) {
	$text = is_string( $input ) ? trim( $input ) : '';
	if ( '' === $text ) {
		return '';
	}
	// People copy the script's address.
	$text  = preg_replace( '~/(embed(\.v1)?\.js)?(\?.*)?$~', '', $text );
	$url   = esc_url_raw( $text, array( 'http', 'https' ) );
	$parts = wp_parse_url( $url );
	if ( ! $url || empty( $parts['host'] ) || isset( $parts['user'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) ) {
		add_settings_error( OPTION, 'endpoint', __( 'The endpoint’s address must begin with https:// (or http://) and have neither a user name nor a query, for example https://gema.example.', 'gema' ) );
		return $saved;
	}
	return untrailingslashit( $url );
}

/**
 * The site's name at the endpoint.
 *
 * @param mixed  $input The entered value.
 * @param string $saved The saved value.
 * @return string
 */
function sanitize_site( $input, $saved ) {
	$text = is_string( $input ) ? trim( $input ) : '';
	if ( '' === $text || preg_match( '/^[a-z0-9._-]{1,40}$/', $text ) ) {
		return $text;
	}
	add_settings_error( OPTION, 'site', __( 'A site’s name has at most 40 small letters, digits, dots, hyphens and underscores, as under [sites.NAME] in gema.toml.', 'gema' ) );
	return $saved;
}

/**
 * The key. The form never shows it: an empty field leaves the saved one.
 *
 * @param mixed  $input The entered value.
 * @param string $saved The saved value.
 * @param bool   $forget Whether the saved one is to be deleted.
 * @return string
 */
function sanitize_key_field( $input, $saved, $forget ) {
	$text = is_string( $input ) ? trim( $input ) : '';
	if ( '' === $text ) {
		return $forget ? '' : $saved;
	}
	// A header line cannot have other characters.
	if ( ! preg_match( '/^[\x21-\x7e]{20,512}$/', $text ) ) {
		add_settings_error( OPTION, 'key', __( 'A key has at least 20 letters, digits or signs and no spaces. `openssl rand -hex 32` makes one.', 'gema' ) );
		return $saved;
	}
	return $text;
}
