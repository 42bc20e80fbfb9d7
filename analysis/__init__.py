"""What the answers mean: a `Study` becomes estimates with errors, confidence sets for ranks, and tests.

Imports `survey` and `text`.
"""
