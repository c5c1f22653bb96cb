"""The SCIM core: what RFC 7643 and RFC 7644 say, as pure functions over plain values.

Definitions are data, resources are plain dictionaries, every refusal is a `errors.ScimError`.
Not here: HTTP, storage, tenants, licenses, and anything else of this product.
"""
