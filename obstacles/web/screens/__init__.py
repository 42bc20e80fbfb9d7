"""What an address does: one file a screen, which asks the worker and fills its template. It may import work's names."""
