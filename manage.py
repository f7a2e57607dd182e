#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nopic.settings")
    if sys.argv[1:2] == ["mock_oid"]:  # a server of its own, which starts without the portal's keys and databases
        settings.configure(INSTALLED_APPS=["nopic.oid"])
    execute_from_command_line(sys.argv)
