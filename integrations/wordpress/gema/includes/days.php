<?php
/**
 * The counts of a post in each of the last thirty days: a chart, and the same numbers as a table.
 *
 * @package Gema
 */

namespace Gema;

defined( 'ABSPATH' ) || exit;

const SHOWN_DAYS = 30;

/** Width and height of the chart, in its own units. */
const CHART_WIDTH  = 300;
const CHART_HEIGHT = 60;

/**
 * The counts of each of the last days. The answer, or its absence, is cached for a minute.
 *
 * @param int $post_id The post.
 * @return array[]|null Each with `day`, `reads`, `reactions` and `shares`, the oldest first; `null`: the endpoint did not answer.
 */
function days_of( $post_id ) {
	$key  = article_key( $post_id );
	$name = 'gema_days_' . md5( setting( 'endpoint' ) . '|' . setting( 'site' ) . '|' . $key );
	$kept = get_transient( $name );
	if ( false !== $kept ) {
		return is_array( $kept ) ? $kept : null;
	}
	$query  = array(
		'article' => $key,
		'days'    => SHOWN_DAYS,
	);
	$answer = request(
		'GET',
		site_url_of( 'articles/days', $query ),
		array(
			'key'     => true,
			'timeout' => 2,
		)
	);
	// The endpoint has no article without an event.
	$is_unknown = ! is_wp_error( $answer ) && 404 === $answer['status'];
	$days       = $is_unknown ? array() : null;
	if ( null === failure( $answer ) && is_array( $answer['json']['days'] ?? null ) ) {
		$days = array_map( __NAMESPACE__ . '\checked_day', $answer['json']['days'] );
	}
	set_transient( $name, $days ?? 'none', MINUTE_IN_SECONDS );
	return $days;
}

/**
 * Parses a day of an answer.
 *
 * @param array $day The decoded JSON.
 * @return array
 */
function checked_day( $day ) {
	return array(
		'day'       => (string) ( $day['day'] ?? '' ),
		'reads'     => (int) ( $day['reads'] ?? 0 ),
		'reactions' => (int) ( $day['reactions'] ?? 0 ),
		'shares'    => (int) ( $day['shares'] ?? 0 ),
	);
}

/**
 * Shows chart and table. Without a key, the endpoint gives no days.
 *
 * @param \WP_Post $post The post.
 */
function show_days( $post ) {
	if ( '' === site_key() ) {
		echo '<p class="description">' . esc_html__( 'Enter the key in the settings to see the last 30 days.', 'gema' ) . '</p>';
		return;
	}
	// Do not wait again for an endpoint that has just not answered.
	$days = null === counts_of( array( $post->ID ) ) ? null : days_of( $post->ID );
	if ( ! $days ) {
		return;
	}
	show_chart( $days );
	show_table( $days );
}

/**
 * The reads of each day as a bar.
 *
 * @param array[] $days The days.
 */
function show_chart( $days ) {
	$reads = array_map( fn( $day ) => max( 0, $day['reads'] ), $days );
	$most  = max( 1, max( $reads ) );
	$step  = intdiv( CHART_WIDTH, count( $days ) );
	?>
	<figure style="margin: 0 0 1em">
		<figcaption><?php echo esc_html( days_text( $reads ) ); ?></figcaption>
		<svg role="img" aria-label="<?php echo esc_attr( chart_text( $days, $reads ) ); ?>" viewBox="<?php echo esc_attr( sprintf( '0 0 %d %d', CHART_WIDTH, CHART_HEIGHT ) ); ?>" style="display: block; width: 100%; height: auto; border-block-end: 1px solid currentColor">
			<?php foreach ( $reads as $at => $count ) : ?>
				<?php $height = $count ? max( 1, (int) round( $count * CHART_HEIGHT / $most ) ) : 0; ?>
				<rect x="<?php echo esc_attr( $at * $step + 1 ); ?>" y="<?php echo esc_attr( CHART_HEIGHT - $height ); ?>" width="<?php echo esc_attr( $step - 2 ); ?>" height="<?php echo esc_attr( $height ); ?>" fill="#2271b1"><title><?php echo esc_html( day_name( $days[ $at ]['day'] ) . ': ' . number_format_i18n( $count ) ); ?></title></rect>
			<?php endforeach; ?>
		</svg>
	</figure>
	<?php
}

/**
 * The sum in words.
 *
 * @param int[] $reads The reads of each day.
 * @return string
 */
function days_text( $reads ) {
	/* translators: %s: a number */
	return sprintf( __( 'Reads in the last 30 days: %s', 'gema' ), number_format_i18n( array_sum( $reads ) ) );
}

/**
 * The chart in words.
 *
 * @param array[] $days  The days.
 * @param int[]   $reads The reads of each day.
 * @return string
 */
function chart_text( $days, $reads ) {
	if ( ! array_sum( $reads ) ) {
		return days_text( $reads );
	}
	$most = max( $reads );
	$day  = $days[ array_search( $most, $reads, true ) ]['day'];
	/* translators: 1: a number of reads, 2: a day */
	$text = sprintf( __( 'Most: %1$s on %2$s.', 'gema' ), number_format_i18n( $most ), day_name( $day ) );
	return days_text( $reads ) . '. ' . $text;
}

/**
 * The same numbers as a table, the newest day first.
 *
 * @param array[] $days The days.
 */
function show_table( $days ) {
	?>
	<details>
		<summary><?php esc_html_e( 'Table of the last 30 days', 'gema' ); ?></summary>
		<?php // The box is 230 pixels wide beside the block editor. ?>
		<style>.gema-days { box-sizing: border-box } .gema-days th, .gema-days td { padding: 4px; font-size: 12px; white-space: nowrap }</style>
		<table class="widefat striped gema-days">
			<thead><tr>
				<th scope="col"><?php esc_html_e( 'Day', 'gema' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Reads', 'gema' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Reactions', 'gema' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Shares', 'gema' ); ?></th>
			</tr></thead>
			<tbody>
				<?php foreach ( array_reverse( $days ) as $day ) : ?>
					<tr>
						<th scope="row"><?php echo esc_html( day_name( $day['day'] ) ); ?></th>
						<?php foreach ( array( 'reads', 'reactions', 'shares' ) as $name ) : ?>
							<td><?php echo esc_html( number_format_i18n( $day[ $name ] ) ); ?></td>
						<?php endforeach; ?>
					</tr>
				<?php endforeach; ?>
			</tbody>
		</table>
	</details>
	<?php
}

/**
 * Formats a day for display. It is a day of the endpoint's site, independent of the time zone here.
 *
 * @param string $day `YYYY-MM-DD`.
 * @return string
 */
function day_name( $day ) {
	$time = strtotime( $day . ' 12:00 UTC' );
	return false === $time ? $day : (string) wp_date( 'j M', $time, new \DateTimeZone( 'UTC' ) );
}
