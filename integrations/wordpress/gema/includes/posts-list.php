<?php
/**
 * The column of reads in the list of posts, and the box of counts beside a post.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_init', __NAMESPACE__ . '\register_columns' );
add_action( 'pre_get_posts', __NAMESPACE__ . '\sort_by_reads' );
add_action( 'add_meta_boxes', __NAMESPACE__ . '\add_box' );
add_action( 'save_post', __NAMESPACE__ . '\save_box' );
add_action( 'admin_head-edit.php', __NAMESPACE__ . '\show_column_style' );

/**
 * Adds the column to the lists of all chosen types.
 */
function register_columns() {
	if ( ! is_configured() ) {
		return;
	}
	foreach ( post_types() as $type ) {
		add_filter( "manage_{$type}_posts_columns", __NAMESPACE__ . '\add_column' );
		add_action( "manage_{$type}_posts_custom_column", __NAMESPACE__ . '\show_column', 10, 2 );
		add_filter( "manage_edit-{$type}_sortable_columns", __NAMESPACE__ . '\make_sortable' );
	}
}

/**
 * Adds the column, before the date.
 *
 * @param string[] $columns The columns.
 * @return string[]
 */
function add_column( $columns ) {
	$date = $columns['date'] ?? null;
	unset( $columns['date'] );
	$columns['gema_reads'] = __( 'Reads', 'gema' );
	return null === $date ? $columns : $columns + array( 'date' => $date );
}

/**
 * Makes it sortable, the greatest number first.
 *
 * @param array $columns The columns.
 * @return array
 */
function make_sortable( $columns ) {
	$columns['gema_reads'] = array( 'gema_reads', true );
	return $columns;
}

/**
 * Sets the column's width to that of a number.
 */
function show_column_style() {
	echo '<style>.column-gema_reads { width: 6em; }</style>';
}

/**
 * Shows a post's reads. The first row loads the counts of all rows.
 *
 * @param string $column  The column.
 * @param int    $post_id The post.
 */
function show_column( $column, $post_id ) {
	if ( 'gema_reads' !== $column ) {
		return;
	}
	if ( ! is_article( get_post( $post_id ) ) ) {
		echo '<span aria-hidden="true">—</span>';
		return;
	}
	global $wp_query;
	static $counts = false;
	if ( false === $counts ) {
		$shown  = array_filter( array_map( 'get_post', $wp_query->posts ?? array() ), __NAMESPACE__ . '\is_article' );
		$counts = counts_of( wp_list_pluck( $shown, 'ID' ) );
	}
	$reads = $counts[ $post_id ]['reads'] ?? get_post_meta( $post_id, META_READS, true );
	// The response to a quick edit has one row, and no query.
	echo esc_html( '' === $reads ? '—' : number_format_i18n( (int) $reads ) );
}

/**
 * Sorts by the stored reads. Posts without a stored number are last.
 *
 * @param \WP_Query $query The list's query.
 */
function sort_by_reads( $query ) {
	if ( is_admin() && $query->is_main_query() && 'gema_reads' === $query->get( 'orderby' ) ) {
		add_filter( 'posts_clauses', __NAMESPACE__ . '\order_clauses', 10, 2 );
	}
}

/**
 * The order in SQL. A meta query with EXISTS and NOT EXISTS joins all fields of a post that has no count, and would order it by any
 * of them, such as the time in `_edit_lock`.
 *
 * @param string[]  $clauses The query's clauses.
 * @param \WP_Query $query   The query.
 * @return string[]
 */
function order_clauses( $clauses, $query ) {
	global $wpdb;
	if ( ! $query->is_main_query() ) {
		return $clauses;
	}
	$order               = 'ASC' === strtoupper( (string) $query->get( 'order' ) ) ? 'ASC' : 'DESC';
	$clauses['join']    .= $wpdb->prepare( " LEFT JOIN {$wpdb->postmeta} AS gema_reads ON gema_reads.post_id = {$wpdb->posts}.ID AND gema_reads.meta_key = %s", META_READS );
	$clauses['orderby']  = "CAST( gema_reads.meta_value AS SIGNED ) $order, {$wpdb->posts}.ID DESC";
	return $clauses;
}

/**
 * Adds the box.
 *
 * @param string $type The post's type.
 */
function add_box( $type ) {
	if ( is_configured() && in_array( $type, post_types(), true ) ) {
		add_meta_box( 'gema-counts', __( 'Gema', 'gema' ), __NAMESPACE__ . '\show_box', $type, 'side' );
	}
}

/**
 * Shows the counts of a post, and the option to omit the widget.
 *
 * @param \WP_Post $post The post.
 */
function show_box( $post ) {
	wp_nonce_field( 'gema_box', 'gema_box_nonce' );
	if ( is_article( $post ) ) {
		show_counts( $post );
		show_days( $post );
	}
	?>
	<p><label>
		<input type="checkbox" name="gema_off" value="1" <?php checked( (bool) get_post_meta( $post->ID, META_OFF, true ) ); ?>>
		<?php esc_html_e( 'No widget on this post', 'gema' ); ?>
	</label></p>
	<?php
}

/**
 * The counts as a list.
 *
 * @param \WP_Post $post The post.
 */
function show_counts( $post ) {
	$counts = counts_of( array( $post->ID ) );
	if ( ! isset( $counts[ $post->ID ] ) ) {
		echo '<p>' . esc_html__( 'The endpoint does not answer.', 'gema' ) . '</p>';
		return;
	}
	$tally = $counts[ $post->ID ];
	$rows  = array(
		__( 'Reads', 'gema' )     => (int) ( $tally['reads'] ?? 0 ),
		__( 'Reactions', 'gema' ) => array_sum( array_map( 'intval', (array) ( $tally['reactions'] ?? array() ) ) ),
		__( 'Shares', 'gema' )    => array_sum( array_map( 'intval', (array) ( $tally['shares'] ?? array() ) ) ),
	);
	echo '<ul>';
	foreach ( $rows as $label => $count ) {
		echo '<li>' . esc_html( $label . ': ' . number_format_i18n( $count ) ) . '</li>';
	}
	echo '</ul>';
	$earlier = (int) ( $tally['imported']['reads'] ?? 0 );
	if ( $earlier ) {
		/* translators: %s: a number */
		echo '<p>' . esc_html( sprintf( __( 'Of the reads, %s are from an earlier counter.', 'gema' ), number_format_i18n( $earlier ) ) ) . '</p>';
	}
}

/**
 * Saves the option to omit the widget.
 *
 * @param int $post_id The post.
 */
function save_box( $post_id ) {
	$nonce = sanitize_key( wp_unslash( $_POST['gema_box_nonce'] ?? '' ) );
	if ( ! wp_verify_nonce( $nonce, 'gema_box' ) || ! current_user_can( 'edit_post', $post_id ) || wp_is_post_revision( $post_id ) ) {
		return;
	}
	if ( empty( $_POST['gema_off'] ) ) {
		delete_post_meta( $post_id, META_OFF );
	} else {
		update_post_meta( $post_id, META_OFF, '1' );
	}
}
