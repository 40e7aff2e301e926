-- A check in the manner of Kong's hmac-auth: the credentials by regular expression,
-- two clocks, the list of headers put together line by line, EVP_MAC fetched and set
-- up through the FFI for every request, base64, consumer headers for the upstream.
-- A table stands for Kong's database, so this is less than Kong does. Kong has no
-- defence against replays; the shared dictionary is added.
local ffi = require "ffi"

ffi.cdef [[
typedef struct evp_mac_st EVP_MAC;
typedef struct evp_mac_ctx_st EVP_MAC_CTX;
typedef struct {
    const char *key;
    unsigned int data_type;
    void *data;
    size_t data_size;
    size_t return_size;
} bench_param;
EVP_MAC *EVP_MAC_fetch(void *libctx, const char *algorithm, const char *properties);
void EVP_MAC_free(EVP_MAC *mac);
EVP_MAC_CTX *EVP_MAC_CTX_new(EVP_MAC *mac);
void EVP_MAC_CTX_free(EVP_MAC_CTX *ctx);
int EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t len,
                 const bench_param *params);
int EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *data, size_t len);
int EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *out_len, size_t size);
]]

local C = ffi.C
local UTF8_STRING = 4
local DIGESTS = {["hmac-sha256"] = "SHA256", ["hmac-sha384"] = "SHA384",
                 ["hmac-sha512"] = "SHA512"}
local PATTERN = [[\s*[Hh]mac\s*username="(.+)",\s*algorithm="(.+)",\s*headers="(.+)",]]
    .. [[\s*signature="(.+)"]]

local function hmac(key, digest, message)
    local mac = ffi.gc(C.EVP_MAC_fetch(nil, "HMAC", nil), C.EVP_MAC_free)
    local ctx = ffi.gc(C.EVP_MAC_CTX_new(mac), C.EVP_MAC_CTX_free)
    local name = ffi.new("char[?]", #digest + 1, digest)
    local params = ffi.new("bench_param[2]")
    params[0].key = "digest"
    params[0].data_type = UTF8_STRING
    params[0].data = name
    params[0].data_size = #digest
    local out = ffi.new("unsigned char[64]")
    local out_len = ffi.new("size_t[1]")
    if C.EVP_MAC_init(ctx, key, #key, params) ~= 1
        or C.EVP_MAC_update(ctx, message, #message) ~= 1
        or C.EVP_MAC_final(ctx, out, out_len, 64) ~= 1 then
        return nil
    end
    return ffi.string(out, out_len[0])
end

local function credentials(value)
    local found = value and ngx.re.match(value, PATTERN, "jo")
    if not found then
        return nil
    end
    local names = {}
    for name in ngx.re.gmatch(found[3], [[\S+]], "jo") do
        names[#names + 1] = name[0]
    end
    return {username = found[1], algorithm = found[2], headers = names, signature = found[4]}
end

local function fresh_date(value, skew)
    local seconds = value and ngx.parse_http_time(value)
    return seconds and math.abs(ngx.time() - seconds) <= skew
end

local function first(value)
    return type(value) == "table" and value[1] or value
end

local function signing_string(names, headers)
    local lines = {}
    for i, name in ipairs(names) do
        local value = first(headers[name])
        if value then
            lines[i] = name .. ": " .. value
        elseif name == "@request-target" then
            lines[i] = name .. ": " .. string.lower(ngx.req.get_method()) .. " "
                .. ngx.var.request_uri
        elseif name == "request-line" then
            lines[i] = string.format("%s %s HTTP/%.1f", ngx.req.get_method(), ngx.var.request_uri,
                                     ngx.req.http_version())
        else
            lines[i] = name .. ":"
        end
    end
    return table.concat(lines, "\n")
end

local function covers(names, required)
    for _, wanted in ipairs(required) do
        local found = false
        for _, name in ipairs(names) do
            found = found or string.lower(name) == wanted
        end
        if not found then
            return false
        end
    end
    return true
end

local function tell_upstream(consumer, username)
    ngx.req.set_header("X-Consumer-ID", consumer.id)
    ngx.req.set_header("X-Consumer-Custom-ID", consumer.custom_id)
    ngx.req.set_header("X-Consumer-Username", consumer.username)
    ngx.req.set_header("X-Credential-Identifier", username)
    ngx.req.clear_header("X-Anonymous-Consumer")
end

local _M = {}

function _M.check(consumers, skew, required)
    local headers = ngx.req.get_headers()
    local given = credentials(first(headers["proxy-authorization"]))
        or credentials(first(headers["authorization"]))
    if not given then
        return ngx.exit(401)
    end
    if not fresh_date(first(headers["x-date"]), skew) and not fresh_date(first(headers["date"]), skew)
    then
        return ngx.exit(401)
    end
    local consumer = consumers[given.username]
    local digest = DIGESTS[given.algorithm]
    if not consumer or not digest or not covers(given.headers, required) then
        return ngx.exit(401)
    end
    local mac = hmac(consumer.secret, digest, signing_string(given.headers, headers))
    if not mac or mac ~= ngx.decode_base64(given.signature) then
        return ngx.exit(401)
    end
    local fresh, why = ngx.shared.replay:safe_add(given.signature, true, 2 * skew)
    if not fresh then
        return ngx.exit(why == "exists" and 401 or 503)
    end
    tell_upstream(consumer, given.username)
end

return _M
