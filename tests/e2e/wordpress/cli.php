<?php
// Imitates WP-CLI, which no package provides, to run a command of the plugin: `php cli.php COMMAND WORDS…`. Rejects words and options that
// the command's documentation does not list.
class WP_CLI {
	public static $commands = array();

	public static function add_command( $name, $class ) {
		self::$commands[ $name ] = $class;
	}

	public static function log( $text ) {
		echo "$text\n";
	}

	public static function success( $text ) {
		echo "Success: $text\n";
	}

	public static function error( $text ) {
		echo "Error: $text\n";
		exit( 1 );
	}

	public static function halt( $status ) {
		exit( $status );
	}
}
define( 'WP_CLI', true );
require getenv( 'WARTA_CORE' ) . '/wp-load.php';
$words   = array_slice( $argv, 2 );
$method  = new ReflectionMethod( WP_CLI::$commands['gema'], $argv[1] );
$options = array();
foreach ( preg_grep( '/^--/', $words ) as $option ) {
	str_contains( $method->getDocComment(), "[$option]" ) || WP_CLI::error( "unknown $option parameter" );
	$options[ substr( $option, 2 ) ] = true;
}
$arguments = array_values( preg_grep( '/^--/', $words, PREG_GREP_INVERT ) );
preg_match_all( '/\[<\w+>\]/', $method->getDocComment(), $places );
count( $arguments ) <= count( $places[0] ) || WP_CLI::error( 'Too many positional arguments' );
$method->invoke( new ( WP_CLI::$commands['gema'] )(), $arguments, $options );
