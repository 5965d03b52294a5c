"""Framework files in, `Framework` out."""
