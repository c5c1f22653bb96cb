"""The smallest models that django-scim2 can serve."""
