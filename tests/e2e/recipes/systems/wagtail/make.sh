# Wagtail, asked by Django's own test client; the pages are made as its editor makes them.
set -eu
export DJANGO_SETTINGS_MODULE=warta.settings
"$PYTHON" -m django makemigrations --verbosity 0 warta
"$PYTHON" -m django migrate --verbosity 0
"$PYTHON" make.py
