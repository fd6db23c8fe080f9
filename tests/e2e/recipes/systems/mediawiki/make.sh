# MediaWiki from Debian's package (unpacked in $MEDIAWIKI) with SQLite and its skin Vector.
set -eu
origin="http://localhost:$PORT"
php "$MEDIAWIKI/maintenance/install.php" --dbtype sqlite --dbpath "$PWD/db" --dbname warta --server "$origin" --scriptpath "" \
  --lang id --pass "kata sandi warta" --confpath "$PWD" --skins Vector Warta Admin > log 2>&1 || { cat log >&2; exit 1; }
export MW_CONFIG_FILE="$PWD/LocalSettings.php"
cat settings.php gema.php >> LocalSettings.php
put() { php "$MEDIAWIKI/maintenance/edit.php" --user Admin "$1" > log 2>&1 || { cat log >&2; exit 1; }; }
echo "Kereta ke Bandung berangkat lagi. [[Kategori:Berita]]" | put Kereta
echo "Air di Banjir Kanal mulai surut. [[Kategori:Berita]]" | put Banjir
echo "Air di Banjir Kanal mulai surut pada '''Selasa''' pagi. Lihat [[Kereta]]. [[Kategori:Berita]]" | put Banjir
php -S "localhost:$PORT" -t "$MEDIAWIKI" > server.log 2>&1 &
trap "kill $!" EXIT
until php -r 'exit(@fsockopen("localhost", getenv("PORT")) ? 0 : 1);'; do sleep 0.1; done
at=/index.php?title
node ../save.mjs "$origin" "$TO" "$at=Banjir=Banjir.html" "$at=Kereta=Kereta.html" "$at=Tidak_ada=404.html" "$at=Kategori:Berita=Kategori.html" \
  "$at=Banjir&action=edit&preview=yes=pratinjau.html" "$at=Banjir&action=history=riwayat.html" "$at=Banjir&diff=prev=beda.html" \
  "$at=Halaman_Utama=index.html" '/api.php?action=feedrecentchanges&feedformat=atom=feed.xml'
sed -i 's~"/index.php?title=Kereta"~"/Kereta"~g; s~"/index.php/Kereta"~"/Kereta"~g' "$TO/Banjir.html"
php -r 'preg_match("/MW_VERSION., .([0-9.]+)/", file_get_contents(getenv("MEDIAWIKI") . "/includes/Defines.php"), $found); echo $found[1];' > "$TO/version"
