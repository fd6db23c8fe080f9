import os
from pathlib import Path

import django

django.setup()

import wagtail
from django.test import Client
from wagtail.models import Page, Site

from warta.models import NewsIndexPage, NewsPage

Page.objects.filter(slug="home").delete()
index = Page.objects.get(depth=1).add_child(instance=NewsIndexPage(title="Warta", slug="warta"))
Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": index})
kereta = index.add_child(instance=NewsPage(title="Kereta ke Bandung", slug="kereta", body="<p>Kereta ke Bandung berangkat lagi.</p>"))
banjir = index.add_child(instance=NewsPage(title="Banjir mulai surut", slug="banjir", body="<p>Air di Banjir Kanal mulai surut pada <b>Selasa</b> pagi.</p>"))
draft = index.add_child(instance=NewsPage(title="Rancangan", slug="rancangan", body="<p>Belum terbit.</p>", live=False))
for post in (kereta, banjir):
    post.save_revision().publish()

site = Path(os.environ["TO"])
for address, file in {"/": "index.html", "/?p=2": "halaman2.html", "/banjir/": "banjir/index.html", "/kereta/": "kereta/index.html", "/tidak-ada/": "404.html", "/feed/": "feed.xml"}.items():
    (site / file).parent.mkdir(exist_ok=True)
    (site / file).write_bytes(Client().get(address).content)
preview = draft.make_preview_request()
(site / "pratinjau.html").write_bytes(preview.render().content if hasattr(preview, "render") else preview.content)
(site / "version").write_text(wagtail.__version__)
print(banjir.pk, kereta.pk)
