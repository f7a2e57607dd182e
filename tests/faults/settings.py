"""Settings of the processes that the faults start: the tests' own, at the pace of the faults."""

from tests.faults.times import TIMES
from tests.settings import *  # noqa: F403

vars().update(TIMES)
CELERY_TASK_TIME_LIMIT = 3
CELERY_TASK_SOFT_TIME_LIMIT = 2
DATABASES["default"]["OPTIONS"]["application_name"] = "nopic-faults"  # noqa: F405
