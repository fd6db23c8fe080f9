<?php
// Creates the database and WordPress's tables in MariaDB. (The SQLite file of the packages has them already.)
mysqli_query( mysqli_connect( 'localhost', 'root', '', '', 0, getenv( 'WARTA_SOCKET' ) ), 'CREATE DATABASE wordpress' );
define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'WARTA_HOME' ), PHP_URL_HOST );
require getenv( 'WARTA_CORE' ) . '/wp-load.php';
// WordPress would send its administrator a message.
function wp_new_blog_notification() {}
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Warta', 'admin', 'admin@warta.example', true, '', 'password' );
// As old as in the packages' file.
wp_update_post(
	array(
		'ID'        => 1,
		'post_date' => '2024-06-26 08:00:00',
		'edit_date' => true,
	)
);
