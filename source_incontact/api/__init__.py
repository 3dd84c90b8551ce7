"""How the vendor's API is reached: sign-in, allowed hosts, the judge of answers, pace, paging.

Nothing in here knows of streams, windows or schemas.
"""
