<?php
$news = [
    2 => ['title' => 'Banjir mulai surut', 'text' => 'Air di Banjir Kanal mulai surut pada Selasa pagi.', 'next' => 1],
    1 => ['title' => 'Kereta ke Bandung', 'text' => 'Kereta ke Bandung berangkat lagi.', 'next' => 2],
    3 => ['title' => 'Rancangan', 'text' => 'Belum terbit.', 'draft' => true, 'next' => 2],
];
$id = (int) ($_GET['id'] ?? 0);
$post = $news[$id] ?? null;
$is_preview = isset($_GET['pratinjau']);
if ($post && !empty($post['draft']) && !$is_preview) $post = null;
if (isset($_GET['feed'])) {
    header('Content-Type: text/xml');
    exit('<rss version="2.0"><channel><title>Warta</title><item><title>' . htmlspecialchars($news[2]['title']) . '</title></item></channel></rss>');
}
if ($id && !$post) http_response_code(404);
?>
<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title><?= htmlspecialchars($post['title'] ?? 'Warta') ?></title>
</head>
<body>
<main>
<?php if ($post): ?>
<article>
<h1><?= htmlspecialchars($post['title']) ?></h1>
<p><?= htmlspecialchars($post['text']) ?></p>
<?php if (!$is_preview): ?>
<gema-article article="berita-<?= $id ?>" body="page"></gema-article>
<script async src="https://gema.example/embed.js" data-site="setneg"></script>
<?php endif ?>
</article>
<p><a id="next" href="?id=<?= $post['next'] ?>">Berikutnya</a></p>
<?php elseif ($id): ?>
<h1>Tidak ada</h1>
<?php else: ?>
<?php foreach (isset($_GET['halaman']) ? [1] : [2] as $number): ?>
<article>
<h2><a href="?id=<?= $number ?>"><?= htmlspecialchars($news[$number]['title']) ?></a></h2>
<gema-count article="berita-<?= $number ?>"></gema-count>
</article>
<?php endforeach ?>
<script async src="https://gema.example/embed.js" data-site="setneg"></script>
<?php endif ?>
</main>
</body>
</html>
