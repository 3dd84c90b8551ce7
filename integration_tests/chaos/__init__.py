"""Syncs under random faults and kills, judged by what a destination holds in the end."""
