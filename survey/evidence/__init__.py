"""Other people's surveys: printed tables and raw studies, and the crosswalk that gives their items one taxonomy."""
