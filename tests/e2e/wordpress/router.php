<?php
// For `php -S`: replaces the rewrite rules of a web server. The content directory is outside the WordPress directory.
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
if ( str_starts_with( $path, '/wp-content/' ) && ! str_contains( $path, '..' ) ) {
	$file  = getenv( 'WARTA_CONTENT' ) . substr( $path, strlen( '/wp-content' ) );
	$types = array(
		'css' => 'text/css',
		'js'  => 'text/javascript',
		'svg' => 'image/svg+xml',
		'png' => 'image/png',
		'jpg' => 'image/jpeg',
		'woff2' => 'font/woff2',
	);
	$type  = $types[ pathinfo( $file, PATHINFO_EXTENSION ) ] ?? null;
	if ( $type && is_file( $file ) ) {
		header( "Content-Type: $type" );
		readfile( $file );
		return true;
	}
	http_response_code( 404 );
	return true;
}
$root = $_SERVER['DOCUMENT_ROOT'];
if ( '/' !== $path && ( is_file( $root . $path ) || is_file( $root . rtrim( $path, '/' ) . '/index.php' ) ) ) {
	return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
chdir( $root );
require $root . '/index.php';
