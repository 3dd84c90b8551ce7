"""A small inContact that speaks the vendor's API over real HTTP, with scripted faults.

Start it by hand with ``python -m integration_tests.sandbox --help``; start it from a test with
``integration_tests.sandbox.client.Sandbox.start()``. Nothing here imports the connector: what the
sandbox says is an independent truth. The letters L, S and A in docstrings tell how sure a fact
about the vendor is: seen live, from the vendor's own texts, or assumed.
"""
