"""Bytes become a text table: encodings, delimiters, layouts, workbooks. Imports `text` and the nouns of `survey`."""
