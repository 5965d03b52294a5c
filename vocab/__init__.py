"""The language of the registry: what a resource is, in words every district can be put into."""
