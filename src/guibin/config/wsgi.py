"""The web application, as granian serves it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guibin.config.settings")
_django = get_wsgi_application()

from guibin.web.quick import in_front_of  # noqa: E402 - Django must be up

application = in_front_of(_django)
