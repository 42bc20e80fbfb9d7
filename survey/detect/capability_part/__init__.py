"""The capability part of files: pairs of columns, and what a study file says of them. Imports from `detect`."""
