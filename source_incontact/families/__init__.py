"""Families of streams: lists, JSON reports, report files and report jobs."""
