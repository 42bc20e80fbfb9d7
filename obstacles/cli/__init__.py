"""The roof: words that people type become calls of the rooms below. Imports every room; nothing imports it."""
