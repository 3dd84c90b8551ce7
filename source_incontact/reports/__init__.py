"""The families of reports that are read in Python."""
