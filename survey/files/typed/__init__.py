"""Files whose columns have types: data files of statistics programs, Parquet and Arrow. May import `survey.files`."""
