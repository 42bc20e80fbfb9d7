"""Numbers, names and tests in words, and what a page is made of. Imports no other folder of `reports`."""
