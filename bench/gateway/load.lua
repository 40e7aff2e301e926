-- wrk: send every record of a file of requests once.
-- Arguments: the file, the length of a record, the number of threads.
local ffi = require "ffi"

ffi.cdef [[
int open(const char *path, int flags, ...);
void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset);
]]

local READ, SHARED = 1, 1
local started = 0

function setup(thread)
    thread:set("id", started)
    started = started + 1
end

function init(args)
    local file = assert(io.open(args[1], "rb"))
    local size = file:seek("end")
    file:close()
    record = tonumber(args[2])
    step = tonumber(args[3])
    count = size / record
    at = id
    data = ffi.cast("const char *", ffi.C.mmap(nil, size, READ, SHARED, ffi.C.open(args[1], 0), 0))
end

-- Past the end nothing fresh is left; an empty path makes the run fail loudly.
function request()
    if at >= count then
        return "GET exhausted HTTP/1.1\r\n\r\n"
    end
    local text = ffi.string(data + at * record, record)
    at = at + step
    return text
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "us": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
