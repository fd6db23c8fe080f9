# Wagtail, requested through Django's test client. Pages are created with the model methods that the editor uses.
set -eu
export DJANGO_SETTINGS_MODULE=warta.settings
"$PYTHON" -m django makemigrations --verbosity 0 warta
"$PYTHON" -m django migrate --verbosity 0
"$PYTHON" make.py
