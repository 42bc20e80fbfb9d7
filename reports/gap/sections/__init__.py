"""The parts of a gap report, one file each; `reports.gap.build` lists them."""
