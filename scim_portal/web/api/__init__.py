"""The admin API."""


def install(app):
    pass
