from django.contrib.syndication.views import Feed
from django.urls import include, path
from wagtail import urls

from .models import NewsPage


class News(Feed):
    title, link, description = "Warta", "/", "Berita"

    def items(self):
        return NewsPage.objects.live()

    def item_description(self, page):
        return page.body

    def item_link(self, page):
        return page.url


urlpatterns = [path("feed/", News()), path("", include(urls))]
