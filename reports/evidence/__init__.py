"""Many surveys beside each other, in words."""
