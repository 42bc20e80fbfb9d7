"""From response files to a proposed study file: what stands in which column, with the evidence beside each guess.

Imports every other folder of `survey`; only `obstacles init` imports it.
"""
