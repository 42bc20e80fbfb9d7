"""Severity: ordinal models of ratings. `kind` is what the registry names; imports what the other kinds do."""
