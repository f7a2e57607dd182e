"""The portal's own settings, with what only tests need. `make test` provides the servers' URLs."""

import os
import tempfile

os.environ.setdefault("NOPIC_TESTING", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="nopic-tests-"))
os.environ.setdefault("EMAIL_URL", "memorymail://")

from nopic.settings import *  # noqa: F403 - the settings under test

ALLOWED_HOSTS = ["*"]
WHITENOISE_AUTOREFRESH = True  # serves static/ itself; nothing is collected
