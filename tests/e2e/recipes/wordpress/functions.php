<?php
add_action('wp_enqueue_scripts', function () {
    wp_enqueue_script('gema', 'https://gema.example/embed.js', [], null, ['strategy' => 'async']);
});
add_filter('script_loader_tag', function ($tag, $handle) {
    return $handle === 'gema' ? str_replace(' src=', ' data-site="setneg" src=', $tag) : $tag;
}, 10, 2);
