"""What a person or a machine talks to."""
