"""What was asked: survey files become a `Study` of questions, answers, respondents and designs. Imports `text`."""
