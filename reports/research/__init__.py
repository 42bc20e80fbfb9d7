"""The research report: one wave ranked. Imports `wave` and `regression`."""
