"""One file per command; `obstacles.cli.main` lists them."""
