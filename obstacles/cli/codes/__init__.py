"""What every code of a message means, from the messages themselves. Imports `text` and reads the package's source."""
