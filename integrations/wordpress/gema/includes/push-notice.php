<?php
/**
 * The notice about posts that could not be sent, and the buttons that send them.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

add_action( 'admin_notices', __NAMESPACE__ . '\show_push_notice' );
add_action( 'admin_post_gema_push', __NAMESPACE__ . '\handle_push' );
add_action( 'gema_settings_page', __NAMESPACE__ . '\show_push_all' );

/**
 * Shows which posts could not be sent, and why.
 */
function show_push_notice() {
	$failures = failures();
	if ( ! $failures || ! current_user_can( CAPABILITY ) ) {
		return;
	}
	$last = end( $failures );
	$next = 0;
	foreach ( array_keys( $failures ) as $post_id ) {
		$at   = (int) wp_next_scheduled( HOOK_PUSH, array( $post_id ) );
		$next = $at && ( ! $next || $at < $next ) ? $at : $next;
	}
	?>
	<div class="notice notice-warning" id="gema-push-notice">
		<p>
			<?php
			/* translators: 1: how many posts, 2: an error message */
			echo esc_html( sprintf( _n( 'Gema: %1$d post could not be sent to the endpoint. %2$s', 'Gema: %1$d posts could not be sent to the endpoint. %2$s', count( $failures ), 'gema' ), count( $failures ), $last['error'] ) );
			if ( $next > time() ) {
				/* translators: %s: a time span, such as 5 minutes */
				echo '<br>' . esc_html( sprintf( __( 'The next attempt is in %s.', 'gema' ), human_time_diff( $next ) ) );
			}
			?>
		</p>
		<?php push_button( 'failed', __( 'Try again now', 'gema' ) ); ?>
	</div>
	<?php
}

/**
 * The button that sends all published posts.
 */
function show_push_all() {
	if ( ! pushes() ) {
		return;
	}
	$name     = 'gema_sending_' . get_current_user_id();
	$is_begun = get_transient( $name );
	delete_transient( $name );
	?>
	<h2 id="gema-headlines"><?php esc_html_e( 'Headlines', 'gema' ); ?></h2>
	<?php if ( $is_begun ) : ?>
		<div class="notice notice-success inline"><p><?php esc_html_e( 'All published posts are now being sent, in the background. If one cannot be sent, a notice says why.', 'gema' ); ?></p></div>
	<?php endif; ?>
	<p><?php esc_html_e( 'Posts are sent when they are published or changed. The button sends those from before the plugin too, in the background.', 'gema' ); ?></p>
	<?php
	push_button( 'all', __( 'Send all published posts', 'gema' ) );
}

/**
 * A form with one button.
 *
 * @param string $what  `failed` or `all`.
 * @param string $label The button's.
 */
function push_button( $what, $label ) {
	?>
	<form action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" method="post">
		<input type="hidden" name="action" value="gema_push">
		<input type="hidden" name="what" value="<?php echo esc_attr( $what ); ?>">
		<?php wp_nonce_field( 'gema_push' ); ?>
		<p><button type="submit" class="button"><?php echo esc_html( $label ); ?></button></p>
	</form>
	<?php
}

/**
 * Schedules a button's action, and redirects to the page.
 */
function handle_push() {
	check_admin_referer( 'gema_push' );
	if ( ! current_user_can( CAPABILITY ) ) {
		wp_die( esc_html__( 'You may not do this.', 'gema' ), 403 );
	}
	if ( 'all' === sanitize_key( wp_unslash( $_POST['what'] ?? '' ) ) ) {
		wp_clear_scheduled_hook( HOOK_PUSH_ALL );
		wp_schedule_single_event( time(), HOOK_PUSH_ALL, array( 0 ) );
		set_transient( 'gema_sending_' . get_current_user_id(), 'begun', MINUTE_IN_SECONDS );
		wp_safe_redirect( settings_url() . '#gema-headlines' );
		exit;
	}
	foreach ( array_keys( failures() ) as $post_id ) {
		schedule_push( $post_id );
	}
	$back = wp_get_referer();
	wp_safe_redirect( $back ? $back : settings_url() );
	exit;
}
