<?php
/**
 * The import on the settings page.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

add_action( 'gema_settings_page', __NAMESPACE__ . '\show_import' );
add_action( 'admin_post_gema_import', __NAMESPACE__ . '\handle_import' );

/**
 * Shows the counters with counts in this WordPress, the result of a dry run, and the progress of an import.
 */
function show_import() {
	$found = array_filter( import_sources(), __NAMESPACE__ . '\has_source' );
	if ( ! is_configured() || ! $found ) {
		return;
	}
	?>
	<h2 id="gema-import"><?php esc_html_e( 'Earlier counts', 'gema' ); ?></h2>
	<p><?php esc_html_e( 'What another counter has counted becomes part of what readers see. An import sets the starting count of each post, so it can be repeated.', 'gema' ); ?></p>
	<?php
	show_import_state();
	$name = 'gema_dry_run_' . get_current_user_id();
	$sum  = get_transient( $name );
	delete_transient( $name );
	if ( is_array( $sum ) ) {
		/* translators: 1: number of reads, 2: number of posts, 3: number of posts */
		echo '<p id="gema-dry-run"><strong>' . esc_html( $found[ $sum['source'] ]['label'] ?? '' ) . ':</strong> ' . esc_html( sprintf( __( 'An import would set %1$s reads (posts: %2$s). Posts left out, because they have no count or are not counted here: %3$s.', 'gema' ), number_format_i18n( $sum['reads'] ), number_format_i18n( $sum['posts'] ), number_format_i18n( $sum['left_out'] ) ) ) . '</p>';
	}
	?>
	<form action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" method="post">
		<input type="hidden" name="action" value="gema_import">
		<?php wp_nonce_field( 'gema_import' ); ?>
		<p>
			<label for="gema-source"><?php esc_html_e( 'Counter', 'gema' ); ?></label>
			<select id="gema-source" name="source">
				<?php foreach ( $found as $source => $about ) : ?>
					<option value="<?php echo esc_attr( $source ); ?>" <?php selected( is_array( $sum ) && $sum['source'] === $source ); ?>><?php echo esc_html( $about['label'] ); ?></option>
				<?php endforeach; ?>
			</select>
			<button type="submit" class="button" name="what" value="dry-run"><?php esc_html_e( 'Dry run', 'gema' ); ?></button>
			<button type="submit" class="button" name="what" value="import" <?php disabled( '' === site_key() ); ?>><?php esc_html_e( 'Import', 'gema' ); ?></button>
		</p>
	</form>
	<?php
}

/**
 * Shows the progress of the last import.
 */
function show_import_state() {
	$state = get_option( IMPORT );
	if ( ! is_array( $state ) ) {
		return;
	}
	/* translators: 1: number of reads, 2: number of posts */
	$text = sprintf( $state['done'] ? __( 'The import is done: %1$s reads (posts: %2$s).', 'gema' ) : __( 'The import runs: %1$s reads (posts: %2$s) so far.', 'gema' ), number_format_i18n( $state['reads'] ), number_format_i18n( $state['posts'] ) );
	echo '<p id="gema-import-state">' . esc_html( $text ) . ( '' === $state['error'] ? '' : ' ' . esc_html( $state['error'] ) ) . '</p>';
}

/**
 * Runs a dry run or starts an import, and redirects to the page.
 */
function handle_import() {
	check_admin_referer( 'gema_import' );
	if ( ! current_user_can( CAPABILITY ) ) {
		wp_die( esc_html__( 'You may not do this.', 'gema' ), 403 );
	}
	$source = sanitize_key( wp_unslash( $_POST['source'] ?? '' ) );
	if ( isset( import_sources()[ $source ] ) ) {
		if ( 'import' === sanitize_key( wp_unslash( $_POST['what'] ?? '' ) ) ) {
			start_import( $source );
		} else {
			set_transient( 'gema_dry_run_' . get_current_user_id(), array( 'source' => $source ) + import_dry_run( $source ), MINUTE_IN_SECONDS );
		}
	}
	wp_safe_redirect( settings_url() . '#gema-import' );
	exit;
}
