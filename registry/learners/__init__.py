"""Learners: their own tables and database, which nothing else in the registry opens."""
