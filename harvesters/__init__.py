"""Records of other catalogs in: protocol adapters that yield `Harvested`, and the run that stores what they yield."""
