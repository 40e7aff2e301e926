-- The gateway's check in Lua, MAC as in APISIX: libcrypto's HMAC_CTX through the
-- FFI, a new context and key for every request. Replays in a shared dictionary.
local ffi = require "ffi"

ffi.cdef [[
typedef struct hmac_ctx_st HMAC_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;
HMAC_CTX *HMAC_CTX_new(void);
void HMAC_CTX_free(HMAC_CTX *ctx);
int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, ENGINE *impl);
int HMAC_Update(HMAC_CTX *ctx, const unsigned char *data, size_t len);
int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
const EVP_MD *EVP_sha256(void);
unsigned char *ngx_hex_dump(unsigned char *dst, const unsigned char *src, size_t len);
]]

local C = ffi.C
local md = C.EVP_sha256()
local out = ffi.new("unsigned char[64]")
local hex = ffi.new("unsigned char[128]")
local out_len = ffi.new("unsigned int[1]")

local function hmac_hex(key, message)
    local ctx = ffi.gc(C.HMAC_CTX_new(), C.HMAC_CTX_free)
    if C.HMAC_Init_ex(ctx, key, #key, md, nil) ~= 1
        or C.HMAC_Update(ctx, message, #message) ~= 1
        or C.HMAC_Final(ctx, out, out_len) ~= 1 then
        return nil
    end
    C.ngx_hex_dump(hex, out, out_len[0])
    return ffi.string(hex, 2 * out_len[0])
end

local _M = {}

function _M.check(key, window)
    local headers = ngx.req.get_headers()
    local mac = headers["x-authorization-content-hmac"]
    local timestamp = headers["x-authorization-timestamp"]
    if type(mac) ~= "string" or type(timestamp) ~= "string" then
        return ngx.exit(401)
    end
    if hmac_hex(key, ngx.var.request_uri .. timestamp) ~= mac then
        return ngx.exit(401)
    end
    local seconds = tonumber(timestamp)
    if not seconds or math.abs(ngx.time() - seconds) > window then
        return ngx.exit(401)
    end
    local fresh, why = ngx.shared.replay:safe_add(mac, true, 2 * window)
    if not fresh then
        return ngx.exit(why == "exists" and 401 or 503)
    end
end

return _M
