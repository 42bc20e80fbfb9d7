"""Many surveys beside each other: the place of one category of obstacles in each, and what they say together."""
