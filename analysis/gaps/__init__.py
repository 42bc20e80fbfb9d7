"""Capability gaps: what people can do against what their work asks for. Imports `ranking` and below."""
