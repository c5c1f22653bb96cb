"""Users and groups as django-scim2's own mixins make them, with an index on what providers look up."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    """A pushed group."""

    name = models.CharField(max_length=254, db_index=True)


class User(AbstractSCIMUserMixin, AbstractUser):
    """A provisioned person; `username` is unique and so indexed."""

    scim_groups = models.ManyToManyField(Group, related_name="user_set")
