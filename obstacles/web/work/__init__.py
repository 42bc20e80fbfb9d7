"""What the worker does: the public functions called on one study's folder, answered in plain values."""
