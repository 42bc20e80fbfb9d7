"""The sections of the report of many surveys, one a module."""
