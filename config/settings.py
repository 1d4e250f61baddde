"""The one settings file. Everything that differs between places comes from the environment.

Without any variable set: SQLite and an in-process worker under DATA_DIR (the embedded mode).
With PRODUCTION=1 every secret and address must be given; what is missing stops the start.
"""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def made_once(name: str) -> str:
    """A secret of the embedded mode: written to DATA_DIR/keys at the first start, read afterwards."""
    path = DATA_DIR / "keys" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def required(name: str) -> str:
    """A value that production must be given; the embedded mode makes its own."""
    if PRODUCTION and not env.str(name, default=""):
        raise ImproperlyConfigured(f"生产环境必须设置 {name}")
    return env.str(name, default="") or made_once(name.lower())


SECRET_KEY = required("SECRET_KEY")
# Hex, 32 bytes each: the first encrypts personal data, the second keys their search index.
PII_KEY = required("PII_KEY")
# The keys that follow it (manage.py rotate_keys); the last one that is set seals what is new.
PII_KEY_2, PII_KEY_3 = env.str("PII_KEY_2", default=""), env.str("PII_KEY_3", default="")
# The same for the index: two that follow each other are set during a rotation, and then the newest alone.
PII_INDEX_KEY_2 = env.str("PII_INDEX_KEY_2", default="")
PII_INDEX_KEY_3 = env.str("PII_INDEX_KEY_3", default="")
PII_INDEX_KEY = env.str("PII_INDEX_KEY", default="")
if not PII_INDEX_KEY_2 and not PII_INDEX_KEY_3 and not PII_INDEX_KEY:
    PII_INDEX_KEY = required("PII_INDEX_KEY")

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'tuopin.sqlite3'}"
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED = not REDIS_URL
OFFICE_DAY = env.str("OFFICE_DAY", default="")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("生产环境不能打开 DEBUG")
    if OFFICE_DAY:
        raise ImproperlyConfigured("生产环境不能设置 OFFICE_DAY：办公日期就是真实日期")
    if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("生产环境必须用 PostgreSQL：请设置 DATABASE_URL")
    if EMBEDDED:
        raise ImproperlyConfigured("生产环境必须有 Redis：请设置 REDIS_URL")

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].setdefault("ATOMIC_REQUESTS", False)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions: a reader that later writes would otherwise fail at once as "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # A page gives up rather than wait for a lock or a slow statement; jobs may take their time (0: no limit).
    statement, lock = env.int("DB_STATEMENT_SECONDS", default=0), env.int("DB_LOCK_SECONDS", default=0)
    limits = f"-c statement_timeout={statement * 1000} -c lock_timeout={lock * 1000}"
    # Compiling a statement took longer than running it: 30 ms of a page's 50, half of a report's time at 120k.
    options = f"{env.str('DB_OPTIONS', default='-c jit=off')} {limits}".strip()
    DATABASES["default"].update(
        CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=60),
        CONN_HEALTH_CHECKS=True,
        OPTIONS={"connect_timeout": 5, "options": options},
    )

# A streaming replica that reports and exported lists are read from (office.replica), and how long they wait for it.
REPLICA_URL, REPLICA_SECONDS = env.str("REPLICA_URL", default=""), env.int("REPLICA_SECONDS", default=10)
if REPLICA_URL:
    if not all(url.startswith(("postgres://", "postgresql://")) for url in (DATABASE_URL, REPLICA_URL)):
        raise ImproperlyConfigured("REPLICA_URL 是 PostgreSQL 主库的流复制从库")
    read_only = f"{DATABASES['default']['OPTIONS']['options']} -c default_transaction_read_only=on"
    DATABASES["replica"] = {
        **DATABASES["default"],
        **env.db_url_config(REPLICA_URL),
        "OPTIONS": {"connect_timeout": 5, "options": read_only},
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["office.replica.Router"]

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("生产环境必须设置 ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "simple_history",
    "axes",
    "csp",
    "areas",
    "office",
    "accounts",
    "villages",
    "households",
    "measures",
    "audits",
    "reporting",
]
if not PRODUCTION:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "accounts.middleware.KeptMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.body_limit.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.refusals.RefusalMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.middleware.AddressMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.desk",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_LENGTH", default=10)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.password_rules.OfficeWordsValidator"},
    # Where 等保 asks for it: PASSWORD_KINDS=3 (of four kinds of characters), PASSWORD_DAYS=90.
    {
        "NAME": "accounts.password_rules.KindsValidator",
        "OPTIONS": {"kinds": env.int("PASSWORD_KINDS", default=0)},
    },
]
# A password older than this is changed at the next request; 0: it need not be.
PASSWORD_DAYS = env.int("PASSWORD_DAYS", default=0)
# Roles that sign in with a code from their phone beside the password (accounts.second_factor), as "district,admin".
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=[])
# The account is locked, whatever address the attempts come from; the address alone never is.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "accounts.middleware.client_address"
AXES_ENABLE_ADMIN = False
# Whoever tries on must not keep the owner out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False

# How many proxies of our own stand in front; their X-Forwarded-For is believed, nobody else's.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_HOURS = env.int("SESSION_HOURS", default=10)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Full numbers that one person may open in an hour; each is a row of the trail.
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", default=30)
# Before a full number is given out the password is asked for again when its last entry is older than this.
PASSWORD_AGAIN_MINUTES = env.int("PASSWORD_AGAIN_MINUTES", default=15)
# Persons whose full numbers one person may take in a file alone; above that a second person agrees first.
FULL_EXPORT_ALONE = env.int("FULL_EXPORT_ALONE", default=20)
# Files with full numbers that one person may ask for in a day.
FULL_EXPORTS_PER_DAY = env.int("FULL_EXPORTS_PER_DAY", default=5)
# Rows of the trail stay in the database for so many months before an archived part may be taken out of it; the law
# (网络安全法第二十一条第三项) asks for six.
TRAIL_KEEP_MONTHS = env.int("TRAIL_KEEP_MONTHS", default=12)
if TRAIL_KEEP_MONTHS < 6:
    raise ImproperlyConfigured("TRAIL_KEEP_MONTHS 不能少于 6：操作日志至少保存六个月")
# Lists that were exported are kept as files for so many days.
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
# What people upload and what is made for them; several machines share this folder and no other.
MEDIA_ROOT = Path(env.str("FILE_STORE", default="") or DATA_DIR / "files").resolve()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A household of twenty with its survey has more fields than Django's default of 1000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# The largest file that a page takes; it stays in memory, since a temporary file would be in the clear.
UPLOAD_MEGABYTES = env.int("UPLOAD_MEGABYTES", default=32)
FILE_UPLOAD_HANDLERS = ["office.uploads.KeptInMemory"]
# axes would lock by address; here the account is what is locked (quality S3).
# SQLite leaves the further columns of a covering index out, which is as it should be.
SILENCED_SYSTEM_CHECKS = ["axes.W006", "models.W040"]

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "office"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
# Its own lines would show a number that stands in a message (LOGGING masks them).
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page never waits for the broker: the row in the database is the queue, Redis only its bell.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5} if REDIS_URL else {}
CELERY_TASK_PUBLISH_RETRY = False

# A worker that is silent this long loses its job to another.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)

# Whether running notices can be read at /notices/ by everybody; the district may turn them off by procedure.
PUBLIC_NOTICES = env.bool("PUBLIC_NOTICES", default=True)
# Objections that one address may send from there in a day.
PUBLIC_OBJECTIONS_PER_DAY = env.int("PUBLIC_OBJECTIONS_PER_DAY", default=5)
# A question to the consultation desk is to be answered within so many days; the public page takes so many an hour.
DESK_DAYS = env.int("DESK_DAYS", default=5)
DESK_ASKED_PER_HOUR = env.int("DESK_ASKED_PER_HOUR", default=5)
DESK_ASKED_BY_ALL_PER_HOUR = env.int("DESK_ASKED_BY_ALL_PER_HOUR", default=200)

# An incident that touches poor people is reported within so many days, a major one sooner, and closed within so many.
INCIDENT_REPORT_DAYS = env.int("INCIDENT_REPORT_DAYS", default=3)
INCIDENT_REPORT_DAYS_MAJOR = env.int("INCIDENT_REPORT_DAYS_MAJOR", default=1)
INCIDENT_CLOSE_DAYS = env.int("INCIDENT_CLOSE_DAYS", default=15)

# 驻村工作队: at least so many a key village (003: 3, 001: 5); full-time staff of a town (004 十二章一节一). Days to be
# stayed in a month: no plan gives a number, 0 asks for none.
TEAM_SIZE = env.int("TEAM_SIZE", default=3)
TOWN_STAFF = env.int("TOWN_STAFF", default=5)
STAY_DAYS_A_MONTH = env.int("STAY_DAYS_A_MONTH", default=0)
# Assessment of towns: flags 红, 蓝, 黑 beside the grade (002 三章三节), and for how many years an early finisher keeps
# money and policies ("一定时间", 004 十二章四节二).
ASSESSMENT_FLAGS = env.bool("ASSESSMENT_FLAGS", default=False)
ASSESSMENT_KEEP_YEARS = env.int("ASSESSMENT_KEEP_YEARS", default=3)
# Days in which a town puts right what a settled assessment found missed; the plans give no number.
ASSESSMENT_MEND_DAYS = env.int("ASSESSMENT_MEND_DAYS", default=90)

# A household counts as not visited after this many days without a visit.
VISIT_DAYS = env.int("VISIT_DAYS", default=90)
# Whether 理赔收入 counts in the income of a household whose risk was removed (fields.csv, watch).
CLAIMS_ARE_INCOME = env.bool("CLAIMS_ARE_INCOME", default=False)

# "line" for a terminal, "json" for a collector; neither holds a number that identifies somebody.
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("LOG_FORMAT 只能是 line 或 json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "office.log_lines.PlainLine"},
        "json": {"()": "office.log_lines.JsonLine"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = False
