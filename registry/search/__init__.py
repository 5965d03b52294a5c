"""Finding resources: the question, the index behind its port, and keeping the two in step."""
