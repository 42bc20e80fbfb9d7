"""What a study file may say: reading, checking, completing and writing it. Imports `files` and `formats`."""
