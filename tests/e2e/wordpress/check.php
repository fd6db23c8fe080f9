<?php
// Rules for the plugin's sources: `php check.php PLUGIN` lists violations, and fails if there are any.
$plugin = $argv[1];
$files  = array();
foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $plugin, FilesystemIterator::SKIP_DOTS ) ) as $file ) {
	if ( 'php' === $file->getExtension() ) {
		$files[] = $file->getPathname();
	}
}
$wrong     = array();
$texts     = array();
$places_of = array();

/** Functions whose results are safe to print. */
const ESCAPING = array( 'esc_html', 'esc_attr', 'esc_url', 'esc_html__', 'esc_attr__', 'get_block_wrapper_attributes' );
/** Functions that take a text and a domain; each with the position of the domain. */
const TRANSLATING = array( '__' => 1, '_e' => 1, 'esc_html__' => 1, 'esc_html_e' => 1, 'esc_attr__' => 1, 'esc_attr_e' => 1, '_n' => 3 );
const FORBIDDEN   = array( 'eval', 'exec', 'shell_exec', 'system', 'passthru', 'popen', 'proc_open', 'unserialize', 'extract', 'create_function', 'base64_decode', 'file_get_contents', 'curl_init', 'add_query_arg', 'wp_redirect', 'var_dump', 'print_r', 'error_log' );

/** The tokens of the expression at this position, without white space and comments. */
function expression( array $tokens, int $at ): array {
	$found = array();
	$depth = 0;
	for ( ; isset( $tokens[ $at ] ); $at++ ) {
		$token = $tokens[ $at ];
		if ( $token->is( array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT ) ) ) {
			continue;
		}
		if ( 0 === $depth && $token->is( array( ';', T_CLOSE_TAG ) ) ) {
			break;
		}
		$depth  += $token->is( array( '(', '[' ) ) ? 1 : ( $token->is( array( ')', ']' ) ) ? -1 : 0 );
		$found[] = $token;
	}
	return $found;
}

/** Whether a printed expression is escaped: it consists of constants and escaping functions, or chooses between them. */
function is_escaped( array $tokens ): bool {
	$parts = array( array() );
	$depth = 0;
	foreach ( $tokens as $token ) {
		if ( 0 === $depth && $token->is( array( '.', ',', ':' ) ) ) {
			$parts[] = array();
			continue;
		}
		if ( 0 === $depth && $token->is( '?' ) ) {
			// A condition is not printed.
			$parts[ count( $parts ) - 1 ] = array();
			continue;
		}
		$depth += $token->is( array( '(', '[' ) ) ? 1 : ( $token->is( array( ')', ']' ) ) ? -1 : 0 );
		$parts[ count( $parts ) - 1 ][] = $token;
	}
	foreach ( array_filter( $parts ) as $part ) {
		$first = $part[0];
		if ( $first->is( '(' ) && is_escaped( array_slice( $part, 1, -1 ) ) ) {
			continue;
		}
		if ( ! $first->is( T_CONSTANT_ENCAPSED_STRING ) && ! in_array( $first->text, ESCAPING, true ) ) {
			return false;
		}
	}
	return true;
}

foreach ( $files as $file ) {
	$source = file_get_contents( $file );
	$name   = substr( $file, strlen( $plugin ) + 1 );
	exec( 'php -l ' . escapeshellarg( $file ) . ' 2>&1', $said, $status );
	if ( 0 !== $status ) {
		$wrong[] = "$name: " . implode( ' ', $said );
	}
	if ( ! preg_match( "/^defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;$/m", $source ) ) {
		$wrong[] = "$name: it runs when it is called by its address";
	}
	$tokens = PhpToken::tokenize( $source );
	foreach ( $tokens as $at => $token ) {
		$where = "$name:{$token->line}";
		if ( $token->is( array( T_ECHO, T_PRINT, T_OPEN_TAG_WITH_ECHO ) ) && ! is_escaped( expression( $tokens, $at + 1 ) ) ) {
			$wrong[] = "$where: what is printed is not escaped";
		}
		if ( $token->is( T_VARIABLE ) && preg_match( '/^\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)$/', $token->text ) ) {
			$before = implode( '', array_map( fn( $one ) => $one->text, array_slice( $tokens, max( 0, $at - 8 ), min( 8, $at ) ) ) );
			if ( ! preg_match( '/(sanitize_key\( wp_unslash\( |empty\( |isset\( )$/', $before ) ) {
				$wrong[] = "$where: what a browser sends is not cleaned";
			}
		}
		if ( $token->is( array( T_STRING, T_EVAL ) ) && in_array( strtolower( $token->text ), FORBIDDEN, true ) ) {
			$wrong[] = "$where: {$token->text} is not used here";
		}
		if ( $token->is( '@' ) ) {
			$wrong[] = "$where: an error is silenced";
		}
		if ( $token->is( T_STRING ) && isset( TRANSLATING[ $token->text ] ) && '(' === ( $tokens[ $at + 1 ]->text ?? '' ) ) {
			$strings = array_values( array_filter( expression( $tokens, $at + 2 ), fn( $one ) => $one->is( T_CONSTANT_ENCAPSED_STRING ) ) );
			$text                         = stripslashes( substr( $strings[0]->text, 1, -1 ) );
			$texts[ $text ]               = $where;
			$places_of[ $text ][ $where ] = true;
			$domain = TRANSLATING[ $token->text ] > 1 ? $strings[2] : $strings[1];
			if ( "'gema'" !== $domain->text ) {
				$wrong[] = "$where: a text without the plugin's domain";
			}
		}
	}
	foreach ( explode( "\n", $source ) as $number => $line ) {
		if ( preg_match( '/\$wpdb->(query|get_\w+)\(/', $line ) && ! str_contains( $line, '$wpdb->prepare(' ) ) {
			$wrong[] = "$name:" . ( $number + 1 ) . ': a statement that is not prepared';
		}
	}
	// Handlers of forms and buttons must check a nonce and a capability.
	preg_match_all( "/add_action\( '(admin_post_\w+|save_post|wp_ajax_\w+)', __NAMESPACE__ \. '\\\\(\w+)'/", $source, $handlers, PREG_SET_ORDER );
	foreach ( $handlers as list( , $action, $function ) ) {
		$body = preg_match( "/^function $function\(.*?^}/ms", $source, $found ) ? $found[0] : '';
		foreach ( array( '(check_admin_referer|wp_verify_nonce)', 'current_user_can' ) as $guard ) {
			if ( ! preg_match( "/\b$guard\(/", $body ) ) {
				$wrong[] = "$name: $action is done without $guard";
			}
		}
		if ( str_contains( $action, 'nopriv' ) ) {
			$wrong[] = "$name: $action is for everybody";
		}
	}
}

// Every text must have a translation, and the compiled translations must match the sources.
preg_match_all( "/__\( '([^']+)', 'gema' \)/", file_get_contents( "$plugin/assets/blocks.js" ), $found );
$texts += array_fill_keys( $found[1], 'assets/blocks.js' );
foreach ( glob( "$plugin/languages/*.mo" ) as $compiled ) {
	$mo      = file_get_contents( $compiled );
	$header  = unpack( 'Vmagic/Vrevision/Vcount/Voriginals/Vtranslations', $mo );
	$entries = array();
	for ( $number = 0; $number < $header['count']; $number++ ) {
		list( , $length, $offset )       = unpack( 'V2', $mo, $header['originals'] + 8 * $number );
		list( , $other_length, $other )  = unpack( 'V2', $mo, $header['translations'] + 8 * $number );
		$original             = explode( "\0", substr( $mo, $offset, $length ) )[0];
		$entries[ $original ] = substr( $mo, $other, $other_length );
	}
	preg_match_all( '/^msgid "(.+)"\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? "(.*)"$/m', file_get_contents( substr( $compiled, 0, -2 ) . 'po' ), $written, PREG_SET_ORDER );
	$written = array_column( array_map( fn( $one ) => array_map( 'stripcslashes', $one ), $written ), 2, 1 );
	foreach ( $texts as $text => $where ) {
		$translated = $entries[ $text ] ?? '';
		if ( '' === $translated || $translated !== ( $written[ $text ] ?? null ) ) {
			$wrong[] = "$where: “{$text}” is not in " . basename( $compiled ) . ': run integrations/wordpress/translate.sh';
			continue;
		}
		preg_match_all( '/%(\d\$)?[sd]/', $text, $places );
		preg_match_all( '/%(\d\$)?[sd]/', $translated, $others );
		sort( $places[0] );
		sort( $others[0] );
		if ( $places[0] !== $others[0] ) {
			$wrong[] = "$where: “{$text}” has other places in " . basename( $compiled );
		}
	}
}

// The template names the current line of each text.
preg_match_all( '/((?:^#: .+\n)+)(?:^msgctxt .+\n)?^msgid "(.+)"$/m', file_get_contents( "$plugin/languages/gema.pot" ), $entries, PREG_SET_ORDER );
foreach ( $entries as list( , $lines, $text ) ) {
	preg_match_all( '/\S+\.php:\d+/', $lines, $named );
	foreach ( array_diff( $named[0], array_keys( $places_of[ stripcslashes( $text ) ] ?? array() ) ) as $place ) {
		$wrong[] = "languages/gema.pot: “{$text}” is not at $place: run integrations/wordpress/translate.sh";
	}
}

// The readme must match the plugin's header, as WordPress.org requires.
$readme = file_get_contents( "$plugin/readme.txt" );
$main   = file_get_contents( "$plugin/gema.php" );
$field  = fn( $text, $name ) => preg_match( "/^[\s*]*$name:\s*(.+)$/m", $text, $found ) ? trim( $found[1] ) : null;
foreach ( array( 'Requires at least', 'Requires PHP', 'License', 'License URI' ) as $name ) {
	if ( null === $field( $main, $name ) || $field( $main, $name ) !== $field( $readme, $name ) ) {
		$wrong[] = "readme.txt: $name is not that of gema.php";
	}
}
if ( $field( $main, 'Version' ) !== $field( $readme, 'Stable tag' ) || ! str_contains( $main, "const VERSION = '{$field( $main, 'Version' )}';" ) || ! str_contains( $readme, "= {$field( $main, 'Version' )} =" ) ) {
	$wrong[] = 'readme.txt: the version is not that of gema.php, or has no line in the changelog';
}
if ( count( explode( ',', (string) $field( $readme, 'Tags' ) ) ) > 5 || ! $field( $readme, 'Contributors' ) || ! $field( $readme, 'Tested up to' ) ) {
	$wrong[] = 'readme.txt: it needs Contributors, Tested up to, and at most five Tags';
}
$short = preg_match( '/^License URI:.*\n\n(.+)\n/m', $readme, $found ) ? $found[1] : '';
if ( '' === $short || strlen( $short ) > 150 ) {
	$wrong[] = 'readme.txt: the short description has 1 to 150 characters';
}
foreach ( array( 'Description', 'Installation', 'Frequently Asked Questions', 'External services', 'Changelog' ) as $section ) {
	if ( ! str_contains( $readme, "== $section ==" ) ) {
		$wrong[] = "readme.txt: there is no section $section";
	}
}

echo implode( "\n", $wrong ), $wrong ? "\n" : '';
exit( $wrong ? 1 : 0 );
