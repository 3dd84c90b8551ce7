"""Everything that the connector says to a person: one catalogue, from which the docs are written.

A message is an error, a reason at the end of one, or a line of the log. ``make catalog`` writes the
tables of docs/troubleshooting.md from them.
"""
