from pathlib import Path

BASE = Path(__file__).parent.parent
SECRET_KEY = "warta"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "warta.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "warta.db"}}
INSTALLED_APPS = [
    "warta", "wagtail.users", "wagtail.images", "wagtail.documents", "wagtail.snippets", "wagtail.search", "wagtail.admin", "wagtail.sites",
    "wagtail", "modelcluster", "taggit", "django_tasks", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.staticfiles",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "DIRS": [BASE / "templates"],
    "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]},
}]
STATIC_URL = "/static/"
WAGTAIL_SITE_NAME = "Warta"
WAGTAILADMIN_BASE_URL = "http://localhost"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
