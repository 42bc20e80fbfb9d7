"""Simulated surveys at the edges, and the claims that the front doors make about them; run by `edge_validation`.

May import obstacles and the other benchmarks.
"""
