"""What a forked command finds done already: the connector was made once, and memory is settled.

The first source of a process imports the last modules and fills the CDK's caches. The CDK reads the
schema of manifests anew for every source, which is half of what a short command does; here it is
kept. Objects that are frozen are not looked at by the garbage collector, which would copy their
memory into each fork.
"""

from __future__ import annotations

import gc
import logging
from functools import cache

from airbyte_cdk.sources.declarative import concurrent_declarative_source as cdk

from source_incontact import SourceIncontact

cdk.safe_load_yaml = cache(cdk.safe_load_yaml)
SourceIncontact().spec(logging.getLogger("airbyte"))
gc.collect()
gc.freeze()
