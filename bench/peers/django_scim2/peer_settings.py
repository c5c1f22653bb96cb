"""The plainest Django project that django-scim2 runs in: SQLite as the product uses it, one bearer token."""

import os
from pathlib import Path

SECRET_KEY = "only-for-the-load-harness"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "peer_urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "peer_directory"]
MIDDLEWARE = ["peer_token.BearerTokenMiddleware", "django_scim.middleware.SCIMAuthCheckMiddleware"]
AUTH_USER_MODEL = "peer_directory.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Hashing a password well takes far longer than everything that is compared here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["PEER_DATA"]) / "peer.db",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 15,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
SCIM_SERVICE_PROVIDER = {
    "NETLOC": "127.0.0.1",
    "SCHEME": "http",
    "GROUP_MODEL": "peer_directory.models.Group",
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "token", "description": "a bearer token"}],
}
