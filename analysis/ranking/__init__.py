"""One wave ranked: the score, its rank sets, its headline, and whether it is robust. Imports `scores` and below."""
