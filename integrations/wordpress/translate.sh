#!/bin/sh
# Makes the plugin's translations of its sources and of languages/gema-LOCALE.po: the template (.pot), the compiled translations (.mo)
# and those for the editor's script (.json). Needs GNU gettext and PHP: `apt-get install gettext php-cli`.
set -eu
cd "$(dirname "$0")/gema"
keywords='-k__ -k_e -k_n:1,2 -k_x:1,2c -kesc_html__ -kesc_html_e -kesc_attr__ -kesc_attr_e'
messages() {
	xgettext --from-code=UTF-8 --add-comments=translators: --no-wrap --sort-by-file --package-name=Gema --copyright-holder="" $keywords "$@"
}
messages -L PHP -o languages/php.pot gema.php includes/*.php
messages -L JavaScript -o languages/js.pot assets/blocks.js
# The names and descriptions that WordPress reads elsewhere.
php -r '
	$texts = array();
	foreach (glob("assets/*/block.json") as $file) {
		$block = json_decode(file_get_contents($file), true);
		$texts += array_fill_keys(array_merge(array($block["title"], $block["description"]), $block["keywords"] ?? array()), $file);
	}
	preg_match("/Description:\s*(.+)/", file_get_contents("gema.php"), $found);
	$texts[$found[1]] = "gema.php";
	foreach ($texts as $text => $file) {
		$context = str_ends_with($file, ".json") ? "msgctxt \"block " . (in_array($text, array("share", "reactions", "views")) ? "keyword" : (strlen($text) > 20 ? "description" : "title")) . "\"\n" : "";
		echo "#: $file\n{$context}msgid " . json_encode($text, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\nmsgstr \"\"\n\n";
	}' > languages/more.pot
sed -i '1i msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n' languages/more.pot
sed -i 's/charset=CHARSET/charset=UTF-8/' languages/php.pot languages/js.pot
msgcat --no-wrap --use-first languages/php.pot languages/js.pot languages/more.pot > languages/gema.pot
sed -i '/^"POT-Creation-Date/d' languages/gema.pot
for po in languages/gema-*.po; do
	msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching "$po" languages/gema.pot
	msgfmt --check --statistics -o "${po%.po}.mo" "$po"
	# WordPress looks for this name first where the script has this handle.
	msgmerge --quiet --no-wrap --no-fuzzy-matching "$po" languages/js.pot | msgattrib --no-obsolete --translated | php -r '
		preg_match_all("/^msgid (\".+\")\nmsgstr (\".+\")$/m", stream_get_contents(STDIN), $found);
		$messages = array("" => array("lang" => $argv[1], "plural-forms" => "nplurals=1; plural=0;"));
		foreach ($found[1] as $at => $id) $messages[json_decode($id)] = array(json_decode($found[2][$at]));
		echo json_encode(array("domain" => "messages", "locale_data" => array("messages" => $messages)), JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
	' "$(basename "${po%.po}" | sed 's/^gema-//')" > "${po%.po}-gema-blocks.json"
done
rm languages/php.pot languages/js.pot languages/more.pot
