<?php get_header(); ?>
<main>
<?php while (have_posts()) : the_post(); ?>
<h1><?php the_title(); ?></h1>
<gema-article article="wp-<?php the_ID(); ?>">
<?php the_content(); ?>
</gema-article>
<?php endwhile; ?>
</main>
<?php get_footer(); ?>
