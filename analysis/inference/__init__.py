"""From influence to covariance, rank sets and tests, whatever the score. Imports no other folder of `analysis`."""
