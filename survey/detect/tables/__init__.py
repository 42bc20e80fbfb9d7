"""Readings of a whole table at once, and of tables with several rows per respondent. May import `survey.detect`."""
