"""Sending within limits: sessions, deadlines, rates, allowed hosts; knows no inContact."""
