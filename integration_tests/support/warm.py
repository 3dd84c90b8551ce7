"""What a forked command finds done already: the connector was made once, and memory is settled.

The first source of a process imports the last modules and fills the CDK's caches. Objects that are
frozen are not looked at by the garbage collector, which would copy their memory into each fork.
"""

from __future__ import annotations

import gc
import logging

from source_incontact import SourceIncontact

SourceIncontact().spec(logging.getLogger("airbyte"))
gc.collect()
gc.freeze()
