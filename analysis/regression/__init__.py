"""Who finds which obstacle hard. `regress` is the front door, `kinds` the models. Imports `ranking` and below."""
