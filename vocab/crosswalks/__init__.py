"""A payload in any format in, a canonical `Resource` and its problems out."""
