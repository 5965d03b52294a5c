"""The catalog: records in, resources out."""
