#!/bin/sh
# twitter-text 3, by whose weights X limits a post: its configuration has emojiParsingEnabled, and an emoji should weigh 2 "regardless
# of how many characters it is composed of". The emoji that its own parser does not know weigh as much as their parts: two people
# holding hands weigh 8, a heart on fire 5, while a family of four weighs 2.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts twitter-text@3.1.0 >/dev/null
cat > weigh.js <<'JS'
const { parseTweet } = require("twitter-text");
const weights = ["👨‍👩‍👧‍👦", "🇮🇩", "🧑‍🤝‍🧑", "❤️‍🔥", "🐦‍🔥"].map((emoji) => [emoji, parseTweet(emoji).weightedLength]);
console.log("twitter-text", require("twitter-text/package.json").version);
for (const [emoji, weight] of weights) console.log(`${emoji}  expected 2, seen ${weight}`);
process.exit(weights.map(([, weight]) => weight).join() === "2,2,8,5,5" ? 0 : 1);
JS
node weigh.js
