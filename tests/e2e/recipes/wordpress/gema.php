<?php
add_filter('the_content', function ($content) {
    if (!is_singular('post') || !in_the_loop() || !is_main_query()) return $content;
    if (is_preview() || is_customize_preview() || post_password_required()) return $content;
    return $content . '<gema-article article="wp-' . get_the_ID() . '" body="page"></gema-article>'
        . '<script async src="https://gema.example/embed.js" data-site="setneg"></script>';
}, 20);
