"""The parts of `make bench`: each measures from options to a list of rows."""

from parts import files, gateway, instructions, libraries, replay, sessions, table

ALL = {
    "hmac": libraries.measure("hmac", processes=5),
    "cbc": libraries.measure("cbc"),
    "nmac": libraries.measure("nmac"),
    "pmac": libraries.measure("pmac"),
    "poly": libraries.measure("poly"),
    "siphash": libraries.measure("siphash"),
    "registry": libraries.measure("registry"),
    "replay": replay.measure,
    "session": sessions.measure,
    "table": table.measure,
    "sum": files.measure,
    "instructions": instructions.measure,
    "gateway": gateway.measure,
}
