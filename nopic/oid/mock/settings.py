"""Settings of the mock registry's process; nothing of the portal's settings or database is known here.

OID_DATABASE_URL is required. OID_CHAOS=1 with OID_CHAOS_KEY opens /chaos/, where tests make it hostile.
"""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

if not env.str("OID_DATABASE_URL", default=""):
    raise ImproperlyConfigured(
        "The mock registry needs a database of its own: set OID_DATABASE_URL, "
        "for example postgres://user:password@127.0.0.1:5432/nopic_oid."
    )

DATABASES = {"default": env.db_url("OID_DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql", CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DEBUG = False
# Nothing signed outlives the process, so a key drawn at the start is as good as a kept one.
SECRET_KEY = env.str("OID_SECRET_KEY", default="") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = env.list("OID_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "oid"])

# What the registry promises (published at /api/v1/bounds/ and kept): how late a request may still take effect, and how
# late a look-up by reference may show it. The portal's settle time must exceed the sum.
LONGEST_IN_FLIGHT_SECONDS = env.float("OID_LONGEST_IN_FLIGHT_SECONDS", default=15.0)
LONGEST_LOOKUP_LAG_SECONDS = env.float("OID_LONGEST_LOOKUP_LAG_SECONDS", default=5.0)
IDEMPOTENT = env.bool("OID_IDEMPOTENT", default=True)

CHAOS = env.bool("OID_CHAOS", default=False)
CHAOS_KEY = env.str("OID_CHAOS_KEY", default="")
if CHAOS and not CHAOS_KEY:
    raise ImproperlyConfigured("OID_CHAOS=1 opens the faults to whoever holds OID_CHAOS_KEY: set that too.")

INSTALLED_APPS = ["rest_framework", "drf_spectacular", "nopic.oid.mock.apps.MockOidConfig"]
ROOT_URLCONF = "nopic.oid.mock.urls"
WSGI_APPLICATION = "nopic.oid.mock.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nopic.oid.mock.deadlines.DeadlineMiddleware",
    *(["nopic.oid.mock.chaos.hostile.HostileMiddleware"] if CHAOS else []),
]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent / "templates"]}
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["nopic.oid.mock.access.CertifierKey"],
    "DEFAULT_PERMISSION_CLASSES": ["nopic.oid.mock.access.IsCertifier"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "nopic.oid.mock.problems.as_problem",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mock of the Organic Integrity Database",
    "DESCRIPTION": "Registers NOP Import Certificates for the portal's demo and tests. Not valid for customs entry.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "ENUM_NAME_OVERRIDES": {
        "OperationStatus": "nopic.oid.mock.statuses.OperationStatus",
        "CertificateStatus": "nopic.oid.mock.statuses.CertificateStatus",
        "OperationKind": "nopic.oid.mock.statuses.OperationKind",
        "LogKind": "nopic.oid.mock.statuses.LogKind",
    },
    "APPEND_COMPONENTS": {"securitySchemes": {"certifierKey": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"certifierKey": []}],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refused call is the caller's affair and told to it; only faults of the mock itself are logged.
    "loggers": {"django.request": {"level": "ERROR"}},
}
