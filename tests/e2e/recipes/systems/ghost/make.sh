# Ghost (unpacked and installed in $GHOST) with its theme Source and MariaDB. Posts are created through the API that the editor uses.
set -eu
mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$PWD/data" --auth-root-authentication-method=normal > log 2>&1
mariadbd --no-defaults --user="$(id -un)" --datadir="$PWD/data" --socket="$PWD/socket" --port="$((PORT + 1))" --bind-address=127.0.0.1 > database.log 2>&1 &
database=$!
trap 'kill $database' EXIT
until mariadb --no-defaults --socket="$PWD/socket" --user=root --execute="CREATE DATABASE ghost" > log 2>&1; do sleep 0.2; done
cp -r "$GHOST/content" content
# One post per page, so that the list has a second page.
sed -i 's/"posts_per_page": [0-9]*/"posts_per_page": 1/' content/themes/source/package.json
sed "s~PORT~$PORT~; s~DATABASE~$((PORT + 1))~; s~CONTENT~$PWD/content~" config.json > config.production.json
# Ghost looks for its configuration and its own files in the working directory.
for file in "$GHOST"/*; do
  [ -e "$(basename "$file")" ] || ln -s "$file" .
done
NODE_ENV=production node "$GHOST/index.js" > ghost.log 2>&1 &
ghost=$!
trap 'kill $ghost $database' EXIT
node make.mjs "http://localhost:$PORT" ../save.mjs "$TO"
node -p 'require(process.env.GHOST + "/package.json").version' > "$TO/version"
