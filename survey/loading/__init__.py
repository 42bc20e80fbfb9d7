"""A study file and its tables become a `Study`: columns, rules for rows, designs, receipts. Imports `studyfile`."""
