"""Likelihoods of choices without covariates, on counts. Imports `inference`."""
