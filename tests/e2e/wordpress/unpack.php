<?php
// Prepares WordPress for serving, from packages of npm and the system: `php unpack.php MODULES TO SOURCE…`. A source is a version of
// npm's, such as 6.5 or beta, or the directory of another WordPress, or that of a theme. Writes a directory for each version, `plugins` with the
// SQLite drop-in, and `themes` with a classic theme and those that are given.
[, $modules, $to] = $argv;
$builds           = "$modules/@wp-playground/wordpress-builds";

function copied( string $from, string $to ): void {
	if ( ! is_dir( $from ) ) {
		copy( $from, $to );
		return;
	}
	is_dir( $to ) || mkdir( $to, 0777, true );
	foreach ( array_diff( scandir( $from ), array( '.', '..' ) ) as $name ) {
		// Some of Debian's files are links to packages that are not installed.
		file_exists( "$from/$name" ) && copied( "$from/$name", "$to/$name" );
	}
}

function removed( string $dir ): void {
	foreach ( array_diff( scandir( $dir ), array( '.', '..' ) ) as $name ) {
		is_dir( "$dir/$name" ) ? removed( "$dir/$name" ) : unlink( "$dir/$name" );
	}
	rmdir( $dir );
}

function unpacked( string $zip, string $to ): void {
	( new PharData( $zip ) )->extractTo( $to, null, true );
}

/** The first two numbers of the version of the WordPress in this directory. */
function version_of( string $dir ): string {
	require "$dir/wp-includes/version.php";
	return preg_match( '/^\d+\.\d+/', $wp_version, $found ) ? $found[0] : $wp_version;
}

function prepared( string $dir ): void {
	copied( __DIR__ . '/wp-config.php', "$dir/wp-config.php" );
	// Before 6.3, WordPress requires a drop-in in this place to run without MySQL.
	touch( "$dir/wp-content/db.php" );
	// Remove themes without templates: npm's package has only the style sheets and images of most themes.
	foreach ( glob( "$dir/wp-content/themes/*", GLOB_ONLYDIR ) as $theme ) {
		glob( "$theme/*.php" ) || glob( "$theme/patterns/*.php" ) || removed( $theme );
	}
}

foreach ( array_slice( $argv, 3 ) as $version ) {
	if ( is_file( "$version/style.css" ) ) {
		copied( $version, "$to/themes/" . basename( $version ) );
		continue;
	}
	if ( is_file( "$version/wp-includes/version.php" ) ) {
		$at = "$to/" . version_of( $version );
		copied( $version, $at );
		// Use the tables of npm's oldest version.
		unpacked( "$builds/src/wordpress/wp-6.2.zip", "$at/oldest" );
		rename( "$at/oldest/wp-content/database", "$at/wp-content/database" );
		file_exists( "$at/wp-config.php" ) && unlink( "$at/wp-config.php" );
		prepared( $at );
		continue;
	}
	unpacked( "$builds/src/wordpress/wp-$version.zip", "$to/$version" );
	// Style sheets, scripts and images are in another directory of npm's package.
	copied( "$builds/public/wp-$version", "$to/$version" );
	$at = "$to/" . version_of( "$to/$version" );
	"$to/$version" === $at || rename( "$to/$version", $at );
	prepared( $at );
}
unpacked( "$builds/src/sqlite-database-integration/sqlite-database-integration.zip", "$to/plugins" );
rename( "$to/plugins/sqlite-database-integration-main", "$to/plugins/sqlite-database-integration" );
// From Debian's package wordpress-theme-twentytwentyone.
copied( '/usr/share/wordpress/wp-content/themes/twentytwentyone', "$to/themes/twentytwentyone" );
// PHP's cache of compiled files, shared by all tests; the blacklist excludes files in a test's own directory.
mkdir( "$to/compiled" );
file_put_contents( "$to/compiled/not", sys_get_temp_dir() . "/gema-wordpress-*\n" );
