"""The parts of the research report, one file each; `reports.research.build` lists them."""
