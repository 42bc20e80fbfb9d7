"""Regressions on the page: in words, rows, charts and shares. Imports `wave`."""
