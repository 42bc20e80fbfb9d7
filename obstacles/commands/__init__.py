"""One file per command; obstacles.cli lists them."""
