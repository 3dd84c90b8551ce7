"""How the vendor's API is reached: sign-in, allowed hosts, the response handler, rate, paging.

Nothing in here knows of streams, windows or schemas. Letters after a fact about the vendor, here
and elsewhere: [L] seen live by someone public; [S] from the vendor's specification, code or
documents only; [A 7] assumed, as row 7 of docs/assumptions.md says.
"""
