#!/bin/sh
# feedparser gives an Atom entry without a link the entry's id as its link, also where the id is a tag: URI, which leads nowhere.
# RFC 4287, 4.1.1: an entry needs no link if it has content; 4.2.6: an id is an identifier, not an address.
set -eu
VERSION=6.0.14
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check "feedparser==$VERSION"
cat > "$dir/feed.atom" <<'FEED'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>tag:news.example,2015:feed</id><title>News</title><updated>2015-11-17T00:00:00Z</updated><author><name>News</name></author>
  <entry>
    <id>tag:news.example,2015:a</id><title>A</title><updated>2015-11-17T00:00:00Z</updated><content>Text</content>
  </entry>
</feed>
FEED
"$dir/venv/bin/python" - "$dir/feed.atom" <<'PYTHON'
import sys
import feedparser

entry = feedparser.parse(sys.argv[1]).entries[0]
print("feedparser", feedparser.__version__)
print("expected: an entry without a link, as the feed has none (links: %r)" % entry.get("links", []))
print("seen: link = %r" % entry.get("link"))
sys.exit(entry.get("link") != "tag:news.example,2015:a" or bool(entry.get("links")))
PYTHON
