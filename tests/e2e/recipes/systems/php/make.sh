# Pages served by PHP's built-in web server.
set -eu
php -S localhost:"$PORT" -t . index.php > log 2>&1 &
trap "kill $!" EXIT
until php -r 'exit(@fsockopen("localhost", getenv("PORT")) ? 0 : 1);'; do sleep 0.1; done
node ../save.mjs http://localhost:"$PORT" "$TO" '/=index.html' '/?halaman=2=halaman2.html' '/?id=2=berita2.html' '/?id=1=berita1.html' \
  '/?id=9=404.html' '/?id=3&pratinjau=1=pratinjau.html' '/?feed=feed.xml'
sed -i 's~"?id=\([0-9]\)"~"/berita\1"~g' "$TO"/*.html
php -r 'echo PHP_VERSION, "\n";' > "$TO/version"
