<?php
/**
 * The page Settings → Gema.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const PAGE       = 'gema';
const CAPABILITY = 'manage_options';

add_action( 'admin_init', __NAMESPACE__ . '\register_settings' );
add_action( 'admin_menu', __NAMESPACE__ . '\add_settings_page' );
add_action( 'admin_notices', __NAMESPACE__ . '\show_first_step' );
add_action( 'admin_post_gema_test', __NAMESPACE__ . '\handle_test' );
add_filter( 'plugin_action_links_' . plugin_basename( FILE ), __NAMESPACE__ . '\add_settings_link' );

/**
 * Registers the option. WordPress checks nonce and capability before it saves.
 */
function register_settings() {
	register_setting(
		OPTION,
		OPTION,
		array(
			'type'              => 'array',
			'sanitize_callback' => __NAMESPACE__ . '\sanitize_settings',
			'show_in_rest'      => false,
		)
	);
}

/**
 * Adds the page.
 */
function add_settings_page() {
	add_options_page( __( 'Gema', 'gema' ), __( 'Gema', 'gema' ), CAPABILITY, PAGE, __NAMESPACE__ . '\show_settings_page' );
}

/**
 * Adds a link in the list of plugins.
 *
 * @param string[] $links The links.
 * @return string[]
 */
function add_settings_link( $links ) {
	array_unshift( $links, '<a href="' . esc_url( settings_url() ) . '">' . esc_html__( 'Settings', 'gema' ) . '</a>' );
	return $links;
}

/**
 * Shows the next step, from the activation of the plugin until an endpoint is set.
 */
function show_first_step() {
	$screen = get_current_screen();
	if ( is_configured() || ! current_user_can( CAPABILITY ) || ! $screen || ! in_array( $screen->id, array( 'plugins', 'dashboard' ), true ) ) {
		return;
	}
	echo '<div class="notice notice-info" id="gema-first-step"><p>' . esc_html__( 'Gema shows nothing until it has the address of an endpoint and this site’s name there.', 'gema' ) . ' <a href="' . esc_url( settings_url() ) . '">' . esc_html__( 'Enter them', 'gema' ) . '</a></p></div>';
}

/**
 * The page's address.
 *
 * @return string
 */
function settings_url() {
	return admin_url( 'options-general.php?page=' . PAGE );
}

/**
 * Tests the connection and shows the page again.
 */
function handle_test() {
	check_admin_referer( 'gema_test' );
	if ( ! current_user_can( CAPABILITY ) ) {
		wp_die( esc_html__( 'You may not do this.', 'gema' ), 403 );
	}
	set_transient( 'gema_test_' . get_current_user_id(), test_connection(), MINUTE_IN_SECONDS );
	wp_safe_redirect( settings_url() . '#gema-test' );
	exit;
}

/**
 * Shows the page.
 */
function show_settings_page() {
	if ( ! current_user_can( CAPABILITY ) ) {
		return;
	}
	?>
	<div class="wrap">
		<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
		<form action="options.php" method="post">
			<?php settings_fields( OPTION ); ?>
			<table class="form-table" role="presentation">
				<?php
				show_connection_fields();
				show_place_fields();
				?>
			</table>
			<?php submit_button(); ?>
		</form>
		<?php
		show_test();
		/**
		 * Fires at the end of the settings page.
		 */
		do_action( 'gema_settings_page' );
		?>
	</div>
	<?php
}

/**
 * The section of address, site and key.
 */
function show_connection_fields() {
	?>
	<tr>
		<th scope="row"><label for="gema-endpoint"><?php esc_html_e( 'Endpoint', 'gema' ); ?></label></th>
		<td>
			<input id="gema-endpoint" class="regular-text code" type="url" name="<?php echo esc_attr( OPTION ); ?>[endpoint]" value="<?php echo esc_attr( setting( 'endpoint' ) ); ?>" placeholder="https://gema.example" aria-describedby="gema-endpoint-help">
			<p class="description" id="gema-endpoint-help"><?php esc_html_e( 'The address of your Gema endpoint, as your readers’ browsers reach it.', 'gema' ); ?></p>
		</td>
	</tr>
	<tr>
		<th scope="row"><label for="gema-site"><?php esc_html_e( 'Site', 'gema' ); ?></label></th>
		<td>
			<input id="gema-site" class="regular-text code" type="text" name="<?php echo esc_attr( OPTION ); ?>[site]" value="<?php echo esc_attr( setting( 'site' ) ); ?>" pattern="[a-z0-9._\-]{1,40}" autocapitalize="none" spellcheck="false" aria-describedby="gema-site-help">
			<p class="description" id="gema-site-help">
				<?php
				/* translators: %s: an origin, such as https://news.example */
				echo esc_html( sprintf( __( 'This site’s name at the endpoint: NAME in [sites.NAME] of gema.toml. Its origins there must have %s.', 'gema' ), page_origin() ) );
				?>
			</p>
		</td>
	</tr>
	<tr>
		<th scope="row"><label for="gema-key"><?php esc_html_e( 'Key', 'gema' ); ?></label></th>
		<td>
			<?php if ( defined( 'GEMA_KEY' ) ) : ?>
				<p><?php esc_html_e( 'The key is set in wp-config.php (GEMA_KEY).', 'gema' ); ?></p>
			<?php else : ?>
				<input id="gema-key" class="regular-text code" type="password" name="<?php echo esc_attr( OPTION ); ?>[key]" value="" autocomplete="new-password" placeholder="<?php echo esc_attr( '' === site_key() ? '' : __( 'A key is saved. Type to replace it.', 'gema' ) ); ?>" aria-describedby="gema-key-help">
				<?php if ( '' !== site_key() ) : ?>
					<label><input type="checkbox" name="<?php echo esc_attr( OPTION ); ?>[forget_key]" value="1"> <?php esc_html_e( 'Delete the saved key', 'gema' ); ?></label>
				<?php endif; ?>
				<p class="description" id="gema-key-help"><?php esc_html_e( 'The site’s key in gema.toml. The widget works without it; headlines and earlier counts are sent with it. It never leaves this server but to the endpoint.', 'gema' ); ?></p>
			<?php endif; ?>
		</td>
	</tr>
	<?php
}

/**
 * The section of the places of the widget and the counts.
 */
function show_place_fields() {
	?>
	<tr>
		<th scope="row"><?php esc_html_e( 'Post types', 'gema' ); ?></th>
		<td><fieldset>
			<legend class="screen-reader-text"><?php esc_html_e( 'Post types', 'gema' ); ?></legend>
			<?php foreach ( selectable_post_types() as $type ) : ?>
				<label><input type="checkbox" name="<?php echo esc_attr( OPTION ); ?>[types][]" value="<?php echo esc_attr( $type ); ?>" <?php checked( in_array( $type, post_types(), true ) ); ?>> <?php echo esc_html( get_post_type_object( $type )->labels->name ); ?></label><br>
			<?php endforeach; ?>
			<p class="description"><?php esc_html_e( 'Only published posts of these types have the widget and are counted, each on its own page.', 'gema' ); ?></p>
		</fieldset></td>
	</tr>
	<?php
	$choices = array(
		'after' => array( __( 'Widget', 'gema' ), __( 'After the text of each post', 'gema' ), __( 'If not, put it in place by the block “Gema” or the shortcode [gema].', 'gema' ) ),
		'draw'  => array( __( 'First view', 'gema' ), __( 'Put the widget into the page itself', 'gema' ), __( 'Readers see it before the script has come. This server asks the endpoint for it once a minute a post.', 'gema' ) ),
		'lists' => array( __( 'Lists', 'gema' ), __( 'Show in lists how often each post was read', 'gema' ), __( 'On the front page, in archives and in search results.', 'gema' ) ),
		'push'  => array( __( 'Headlines', 'gema' ), __( 'Send headline, author, date and address to the endpoint when a post is published or changed', 'gema' ), __( 'For the list of most read posts, its feed and the QR code. It needs the key.', 'gema' ) ),
	);
	foreach ( $choices as $name => list( $heading, $label, $help ) ) :
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $heading ); ?></th>
			<td>
				<label><input type="checkbox" name="<?php echo esc_attr( OPTION . '[' . $name . ']' ); ?>" value="1" <?php checked( setting( $name ) ); ?>> <?php echo esc_html( $label ); ?></label>
				<p class="description"><?php echo esc_html( $help ); ?></p>
			</td>
		</tr>
		<?php
	endforeach;
}

/**
 * The button that tests the connection, and the last result.
 */
function show_test() {
	$name     = 'gema_test_' . get_current_user_id();
	$findings = get_transient( $name );
	delete_transient( $name );
	?>
	<h2 id="gema-test"><?php esc_html_e( 'Connection', 'gema' ); ?></h2>
	<?php if ( is_array( $findings ) ) : ?>
		<ul class="gema-findings">
			<?php foreach ( $findings as list( $is_right, $text ) ) : ?>
				<li class="<?php echo $is_right ? 'gema-right' : 'gema-wrong'; ?>">
					<span class="dashicons <?php echo $is_right ? 'dashicons-yes-alt' : 'dashicons-warning'; ?>" style="color: <?php echo $is_right ? '#007017' : '#b32d2e'; ?>" aria-hidden="true"></span>
					<span class="screen-reader-text"><?php echo $is_right ? esc_html__( 'Right:', 'gema' ) : esc_html__( 'Wrong:', 'gema' ); ?></span>
					<?php echo esc_html( $text ); ?>
				</li>
			<?php endforeach; ?>
		</ul>
	<?php endif; ?>
	<form action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" method="post">
		<input type="hidden" name="action" value="gema_test">
		<?php wp_nonce_field( 'gema_test' ); ?>
		<?php submit_button( __( 'Test connection', 'gema' ), 'secondary', 'submit', false ); ?>
		<span class="description"><?php esc_html_e( 'Tests what is saved.', 'gema' ); ?></span>
	</form>
	<?php
}
