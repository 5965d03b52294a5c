"""The learners' database, version by version."""
