"""From response files to a proposed study file: what stands in which column, with the evidence beside each guess."""
