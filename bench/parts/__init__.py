"""The parts of `make bench`: each a function from options to a list of rows."""

from parts.gateway import gateway
from parts.instructions import instructions
from parts.libraries import hmac
from parts.replay import replay

ALL = {"hmac": hmac, "replay": replay, "instructions": instructions, "gateway": gateway}
