"""Categories of items, each ranked as an item of its own: members, answers, scores; imports `scores` and below."""
