"""What contradicts itself in a study file, table by table. Imports `studyfile` below `read`."""
