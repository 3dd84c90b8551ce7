"""Pure date arithmetic: days, request windows, the plan of a sync, its saved state."""
