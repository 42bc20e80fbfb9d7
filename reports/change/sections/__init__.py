"""The parts of the change report, one file each; `reports.change.build` lists them."""
