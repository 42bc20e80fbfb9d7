"""Waves or groups against each other. Imports `ranking`, `gaps`, `disclosure` and below."""
