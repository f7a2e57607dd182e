"""The web process: gunicorn serves `nopic.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nopic.settings")
application = get_wsgi_application()

from nopic.workflow.checks import refuse_to_start  # noqa: E402 - needs the settings

refuse_to_start()
