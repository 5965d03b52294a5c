"""Which standards a resource is about."""
