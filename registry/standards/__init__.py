"""The frameworks: loaded, looked up, walked and read."""
