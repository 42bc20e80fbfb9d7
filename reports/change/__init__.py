"""The change report: waves side by side. Imports `wave`."""
