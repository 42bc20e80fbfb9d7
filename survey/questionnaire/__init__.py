"""A study as its questionnaire: what is asked, under which codes, and the study file that reads the answers back."""
