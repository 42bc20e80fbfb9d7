"""How it looks: pages, charts, tables and numbers as text. Nothing is computed here. Imports `analysis`."""
