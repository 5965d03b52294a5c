"""Every table, every rule, every transaction of the registry."""
