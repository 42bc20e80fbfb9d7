"""What every report says of one wave: its findings, their words, who answered, how it was made. Imports `charts`."""
