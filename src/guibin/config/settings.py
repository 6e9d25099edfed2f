"""Django's settings. Wiring only: what may differ between installs comes from ``env``."""

import os
from pathlib import Path

from guibin.config import env, logs, slices
from guibin.core.keyring import create_key_ring, key_path, read_key_ring

HOME = env.home()
os.environ.setdefault("GUIBIN_HOME", str(HOME))
PACKAGE = Path(__file__).resolve().parent.parent
SLICES = slices.SLICES

DEBUG = env.flag("GUIBIN_DEBUG", default=False)
create_key_ring(key_path())
SECRET_KEY = read_key_ring(key_path()).secret_key
ALLOWED_HOSTS = env.text("GUIBIN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("GUIBIN_ORIGINS").split(",") if origin]
BEHIND_TLS = env.flag("GUIBIN_TLS", default=False)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    *(f"guibin.{name}" for name in SLICES),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guibin.web.middleware.request_context",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "guibin.accounts.middleware.actor",
    "django_htmx.middleware.HtmxMiddleware",
    "guibin.web.middleware.declared_permission",
]

ROOT_URLCONF = "guibin.config.urls"
WSGI_APPLICATION = "guibin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "guibin.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "guibin.web.templatetags.guibin",
            ],
        },
    }
]

GUIBIN_PRACTICE = (HOME / "demo.json").exists()  # pages say that this is the demo shop
DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgresql://guibin_app@/guibin"))}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"]["OPTIONS"],  # type: ignore[dict-item]  # a dict by construction
    "options": "-c timezone=UTC -c synchronous_commit=on -c statement_timeout=0",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # Locks of sign-in names live here, shared by all processes. With Django's 300 entries, whoever tries
        # 300 names would push a lock out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.Staff"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "guibin.web.errors.csrf_failure"
# Doors that lower floors call without knowing who is behind them.
GUIBIN_KEY_AUTHENTICATOR = "guibin.accounts.api.authenticate_key"
GUIBIN_LOOK_KEEPER = "guibin.accounts.api.keep_look"
AUTHENTICATION_BACKENDS = ["guibin.accounts.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"guibin.accounts.passwords.{name}"}
    for name in ("UnlikeThePerson", "LongEnough", "NotCommon", "NotDigitsAlone")
]
LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_ADAPTER = "guibin.accounts.signin.Adapter"
ACCOUNT_FORMS = {
    "login": "guibin.accounts.forms.SignInForm",
    "change_password": "guibin.accounts.forms.PasswordChangeForm",
    "set_password": "guibin.accounts.forms.PasswordSetForm",
    "reset_password": "guibin.accounts.forms.PasswordLinkForm",
    "reset_password_from_key": "guibin.accounts.forms.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "guibin.accounts.links.LinkTokens"  # noqa: S105 - a dotted path
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/m/ip", "login": "60/m/ip"}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
# Our words first: a package that ships its own catalogue must not rename a field ("Note") of ours.
LOCALE_PATHS = [PACKAGE / name / "locale" for name in ("config", *SLICES)]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("GUIBIN_SMTP_HOST")
    else ("django.core.mail.backends.dummy.EmailBackend")
)
EMAIL_HOST = env.text("GUIBIN_SMTP_HOST")

LOGGING = logs.configuration(level=env.text("GUIBIN_LOG_LEVEL", "INFO"))
