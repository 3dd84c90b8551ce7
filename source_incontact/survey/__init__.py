"""The survey: which assumptions hold for a tenant, in words and shapes, never in its data."""
