"""Syncs under random faults and kills, checked by what a destination holds in the end."""
