from django.core.paginator import Paginator
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class NewsIndexPage(Page):
    def get_context(self, request):
        news = Paginator(NewsPage.objects.live().order_by("-first_published_at"), 1)
        return super().get_context(request) | {"news": news.get_page(request.GET.get("p"))}


class NewsPage(Page):
    body = RichTextField()
    content_panels = [*Page.content_panels, FieldPanel("body")]
