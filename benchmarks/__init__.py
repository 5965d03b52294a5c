"""What the registry does in figures: one module a figure, each with `run() -> list[str]`."""
