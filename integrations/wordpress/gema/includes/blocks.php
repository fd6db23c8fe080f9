<?php
/**
 * Blocks and shortcodes for the widget and the count. They use the content filter's renderer.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

add_action( 'init', __NAMESPACE__ . '\register_blocks' );

/**
 * Registers the blocks and the shortcodes.
 */
function register_blocks() {
	wp_register_script( 'gema-blocks', plugins_url( 'assets/blocks.js', FILE ), array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-i18n' ), VERSION, true );
	wp_set_script_translations( 'gema-blocks', 'gema', dirname( FILE ) . '/languages' );
	register_block_type( dirname( FILE ) . '/assets/widget', array( 'render_callback' => __NAMESPACE__ . '\render_widget_block' ) );
	register_block_type( dirname( FILE ) . '/assets/count', array( 'render_callback' => __NAMESPACE__ . '\render_count_block' ) );
	add_shortcode( 'gema', __NAMESPACE__ . '\render_widget_shortcode' );
	add_shortcode( 'gema_count', __NAMESPACE__ . '\render_count_shortcode' );
}

/**
 * The block `gema/widget`.
 *
 * @param array $attributes Its settings.
 * @return string
 */
function render_widget_block( $attributes ) {
	return widget( $attributes );
}

/**
 * `[gema]`, `[gema share="off" poll="closed"]`.
 *
 * @param array|string $attributes Its attributes.
 * @return string
 */
function render_widget_shortcode( $attributes ) {
	$names = array(
		'share' => '',
		'reads' => '',
		'poll'  => '',
	);
	return widget( shortcode_atts( $names, $attributes, 'gema' ) );
}

/**
 * The block `gema/count`, also in a list of posts.
 *
 * @param array     $attributes Its settings.
 * @param string    $content    Unused.
 * @param \WP_Block $block      With the post's number in its context.
 * @return string
 */
function render_count_block( $attributes, $content, $block ) {
	$count = count_element( get_post( (int) ( $block->context['postId'] ?? get_the_ID() ) ), (string) ( $attributes['show'] ?? '' ) );
	return '' === $count ? '' : '<p ' . get_block_wrapper_attributes() . '>' . $count . '</p>';
}

/**
 * `[gema_count]`, `[gema_count post="123" show="reactions"]`.
 *
 * @param array|string $attributes Its attributes.
 * @return string
 */
function render_count_shortcode( $attributes ) {
	$names      = array(
		'post' => 0,
		'show' => '',
	);
	$attributes = shortcode_atts( $names, $attributes, 'gema_count' );
	$post_id    = absint( $attributes['post'] );
	return count_element( get_post( $post_id ? $post_id : get_the_ID() ), $attributes['show'] );
}
