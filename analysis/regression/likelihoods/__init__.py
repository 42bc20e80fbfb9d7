"""Likelihoods with covariates: what the kinds of regressions maximise. Imports `choice` and `inference`."""
