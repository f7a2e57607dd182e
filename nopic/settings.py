"""All settings of the portal, in one file, from environment variables.

Every variable that production needs fails with a sentence that says what to do. `DEMO=1` fills in what a first look
needs (a throw-away key, e-mails kept in files, plain http on localhost) and nothing else.
"""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def secret(name: str, default: str = "") -> str:
    """A variable that may hold a password or a key: `NAME_FILE` may name a file with the value, as container platforms
    hand out secrets."""
    if path := env.str(f"{name}_FILE", default=""):
        return Path(path).read_text().strip()
    return env.str(name, default="") or default


def needed(name: str, what: str) -> str:
    """The same, or an error that says which variable is missing and what to put there."""
    if value := secret(name):
        return value
    raise ImproperlyConfigured(f"Set {name}: {what} (`make demo` and `make test` set it for you).")


DEMO = env.bool("DEMO", default=False)
TESTING = env.bool("NOPIC_TESTING", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = needed("SECRET_KEY", "50 or more random characters")
# Encrypts registry keys and TOTP secrets at rest. A first look and tests make do with one key for both.
_field_key = SECRET_KEY if (DEMO or TESTING) and not secret("FIELD_KEY") else needed("FIELD_KEY", "50 or more others")
FIELD_KEY = hashlib.sha256(b"nopic-field-key/v1" + _field_key.encode()).digest()
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")  # links in e-mails and QR codes
SECURE = urlsplit(BASE_URL).scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var" / "data")))

# --- databases: the runtime role serves, the owner role migrates ------------------------------------------------------
_database = env.db_url_config(needed("DATABASE_URL", "postgres://nopic_app:…@host/nopic, the restricted runtime role"))
_database |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,  # `tenant()` is the transaction; uploads and downloads stay outside it
    "OPTIONS": {"connect_timeout": 5, "application_name": "nopic"},
}
DATABASES = {"default": _database}
RUNTIME_ROLE = _database["USER"]
if _owner := secret("DATABASE_OWNER_URL"):
    # Only `migrate --database owner` and the tests' set-up hold this one.
    DATABASES["owner"] = env.db_url_config(_owner) | {"OPTIONS": {"connect_timeout": 5}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits live in PostgreSQL: signing in works without Redis, and a flushed Redis lifts no limit.
# Django throws away what still counts beyond MAX_ENTRIES (300, unless one says more): the hourly `tidy` keeps it small.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- the application --------------------------------------------------------------------------------------------------
# From the ground up; what each is, says tests/test_architecture.py.
OURS = (
    *("presentation", "oid", "workflow", "tenants", "products", "documents", "ledger", "frames", "fees"),
    *("requests", "certificates", "review", "watch", "delivery", "demo"),
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    *(f"nopic.{name}" for name in OURS),
]
AUTH_USER_MODEL = "tenants.User"
MIDDLEWARE = [
    "nopic.tenants.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # closed by default; open views say so
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nopic.tenants.middleware.Database",
]
ROOT_URLCONF = "nopic.urls"
WSGI_APPLICATION = "nopic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nopic.tenants.middleware.who_and_where",
            ],
        },
    },
]
FORM_RENDERER = "nopic.presentation.forms.PaperRenderer"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # the marks are there; Spanish and French come with their catalogues
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"  # offices have their own zone in their policy; the database keeps UTC

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
_manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if TESTING or DEBUG else _manifest
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# One form holds every row of a document list, and empty rows count; how many are kept is the dossier's limit.
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",  # only bodies below the size above
    "nopic.documents.files.CappedUpload",
]

# --- sign-in ----------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher" if TESTING else "django.contrib.auth.hashers.Argon2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "nopic.tenants.adapter.InviteOnlyAdapter"
MFA_ADAPTER = "nopic.tenants.adapter.EncryptingMFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key"}  # merged with allauth's own defaults
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO and not SECURE  # passkeys on http://localhost
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # one step of delay, RFC 6238 §5.2: a code typed as it turns over is still right
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_USE_SESSIONS = True

# --- headers ----------------------------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Celery carries wake-ups only; PostgreSQL is the queue of record --------------------------------------------------
REDIS_URL = secret("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000  # kB
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "issue"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,  # above the worker's one-second BRPOP
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 15,
    "global_keyprefix": env.str("REDIS_PREFIX", default="nopic:"),
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

# --- the registry (OID) -----------------------------------------------------------------------------------------------
OID_URL = env.str("OID_URL", default="http://127.0.0.1:8100").rstrip("/")
OID_IS_MOCK = env.bool("OID_IS_MOCK", default=True)  # prints "MOCK: not valid for customs entry" on every certificate

# --- time: every figure hangs on one scale, so that tests run the same ladder in seconds (architecture: issuance) -----
TIME_SCALE = env.float("NOPIC_TIME_SCALE", default=1.0)
REGISTRY_READ_SECONDS = 20 * TIME_SCALE
TASK_SECONDS = 90 * TIME_SCALE
LEASE_SECONDS = 120 * TIME_SCALE
SWEEP_GRACE_SECONDS = 150 * TIME_SCALE
SWEEP_SECONDS = 30 * TIME_SCALE
SETTLE_SECONDS = env.float("OID_SETTLE_SECONDS", default=90) * TIME_SCALE
CELERY_TASK_TIME_LIMIT = max(2, round(TASK_SECONDS))
CELERY_TASK_SOFT_TIME_LIMIT = max(1, round(TASK_SECONDS * 8 / 9))

# --- e-mail -----------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="NOPIC portal <no-reply@localhost>")
EMAIL_TIMEOUT = 10
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mailbox")
else:
    vars().update(env.email_url_config(secret("EMAIL_URL", "smtp://localhost:25")))

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["nopic.tenants.apikeys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "nopic.tenants.apikeys.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {"TITLE": "NOPIC portal", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# --- logs: one JSON line per event, ids only --------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "nopic.workflow.logs.json_formatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}, "httpx2": {"level": "WARNING"}},
}
# Redirecting to https is the proxy's work; entering the browsers' preload lists is the domain owner's decision.
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W021"]
