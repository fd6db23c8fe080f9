#!/bin/sh
# A MariaDB server that starts deletes the temporary tables of other servers that are running, if both use the default directory for
# temporary files.
#
# One would expect: two servers with data, socket and log of their own do not touch each other's files. The names of temporary tables have
# the process's number, so a server can tell which are its own.
# Seen with MariaDB 10.11 (Debian: mariadb-server-core): at its start it deletes every file in $TMPDIR whose name begins with `#sql`. The
# first server's session then has lost its table, and `mariadb-install-db` fails if another runs at the same time.
# Fails if the table's files stay.
set -eu
dir=$(mktemp -d)
mkdir "$dir/tmp"
export TMPDIR="$dir/tmp"
trap 'kill $first $second 2> /dev/null; wait; rm -rf "$dir"' EXIT
first=
second=
serve() { # NAME: a server with its own data
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/$1" --auth-root-authentication-method=normal --skip-test-db \
        > "$dir/$1.install" 2>&1 || { cat "$dir/$1.install"; exit 1; }
    mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/$1" --socket="$dir/$1.socket" --skip-networking > "$dir/$1.log" 2>&1 3>&- &
}
until_it_answers() {
    until mariadb --no-defaults --user=root --socket="$dir/$1.socket" --execute="SELECT 1" > /dev/null 2>&1; do sleep 0.2; done
}
files() { find "$TMPDIR" -name '#sql*' | wc -l; }
serve first
first=$!
until_it_answers first
# A session that keeps its temporary table until its input ends.
mkfifo "$dir/input"
mariadb --no-defaults --user=root --socket="$dir/first.socket" --force < "$dir/input" > "$dir/session" 2>&1 &
session=$!
exec 3> "$dir/input"
echo "CREATE DATABASE IF NOT EXISTS finding; USE finding; CREATE TEMPORARY TABLE news (title text) ENGINE=Aria;" >&3
until [ "$(files)" -gt 0 ]; do sleep 0.2; done
before=$(files)
serve second
second=$!
until_it_answers second
after=$(files)
echo "DROP TEMPORARY TABLE news;" >&3
exec 3>&-
wait "$session" || true
mariadbd --version
echo "expected: the first server's $before files stay when the second starts; seen: $after"
grep ERROR "$dir/session" || true
if [ "$before" = "$after" ]; then
    echo "this has changed"
    exit 1
fi
