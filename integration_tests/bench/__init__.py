"""What the connector costs, beside what it could cost at best: ``make bench``."""
