"""The capability-gap report of one group or of everybody. Imports `wave`."""
