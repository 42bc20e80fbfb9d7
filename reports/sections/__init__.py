"""Parts of the research report: one file each; reports.research lists them in the order of the pages."""
