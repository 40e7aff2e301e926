# Cookies made by Rails: one JSON request on stdin, {name: value as in Set-Cookie} on stdout.
#
# A real request goes through ActionDispatch's middlewares. "kdf" is the hash under
# PBKDF2: SHA1 is what this version's KeyGenerator has, SHA256 what Rails 7 defaults to.
require "json"
require "logger"
require "active_support"
require "active_support/key_generator"
require "active_support/messages/rotation_configuration"
require "active_support/message_verifier"
require "active_support/message_encryptor"
require "active_support/core_ext/time"
require "action_dispatch"
require "rack/mock"

ask = JSON.parse($stdin.read)

class Rails7KeyGenerator
  def initialize(secret)
    @secret = secret
  end

  def generate_key(salt, key_size = 64)
    OpenSSL::PKCS5.pbkdf2_hmac(@secret, salt, 1000, key_size, "SHA256")
  end
end

keys = if ask["kdf"] == "SHA256"
  Rails7KeyGenerator.new(ask["secret"])
else
  ActiveSupport::KeyGenerator.new(ask["secret"], iterations: 1000)
end

def options(spec)
  made = { value: spec["value"] }
  made[:expires] = Time.at(spec["expires"]) if spec["expires"]
  made
end

inner = lambda do |env|
  request = ActionDispatch::Request.new(env)
  jar = request.cookie_jar
  (ask["signed"] || {}).each { |name, spec| jar.signed[name] = options(spec) }
  (ask["encrypted"] || {}).each { |name, spec| jar.encrypted[name] = options(spec) }
  (ask["session"] || {}).each { |name, value| request.session[name] = value }
  [200, { "Content-Type" => "text/plain" }, ["ok"]]
end

store = ActionDispatch::Session::CookieStore.new(inner, **{ key: ask["session_name"] || "_app_session" }
  .merge(ask["expire_after"] ? { expire_after: ask["expire_after"] } : {}))
app = ActionDispatch::Cookies.new(store)

env = Rack::MockRequest.env_for("http://app.test/", {
  "action_dispatch.key_generator" => keys,
  "action_dispatch.secret_key_base" => ask["secret"],
  "action_dispatch.signed_cookie_salt" => "signed cookie",
  "action_dispatch.encrypted_cookie_salt" => "encrypted cookie",
  "action_dispatch.encrypted_signed_cookie_salt" => "signed encrypted cookie",
  "action_dispatch.authenticated_encrypted_cookie_salt" => "authenticated encrypted cookie",
  "action_dispatch.use_authenticated_cookie_encryption" => true,
  "action_dispatch.signed_cookie_digest" => ask["digest"],
  "action_dispatch.cookies_serializer" => (ask["serializer"] || "json").to_sym,
  "action_dispatch.use_cookies_with_metadata" => ask.fetch("metadata", true),
  "action_dispatch.cookies_rotations" => ActiveSupport::Messages::RotationConfiguration.new,
  "action_dispatch.cookies_same_site_protection" => ->(_) { :lax }
})
_, headers, _ = app.call(env)

cookies = {}
lines = headers["Set-Cookie"] || headers["set-cookie"] # by Rack 2 in one text, by Rack 3 in a list
Array(lines).flat_map { |text| text.split("\n") }.each do |line|
  name, value = line.split(";").first.split("=", 2)
  cookies[name] = value
end

# What verifiers of Rails 7.1 write, whose metadata go through the serializer; spelled out
# where this is an older one.
def verifier71(secret, digest, value, purpose, expires)
  if ActiveSupport.version >= Gem::Version.new("7.1")
    ActiveSupport::Messages::Metadata.use_message_serializer_for_metadata = true
    verifier = ActiveSupport::MessageVerifier.new(secret, digest: digest, serializer: :json)
    return verifier.generate(value, purpose: purpose, expires_at: expires)
  end
  hash = { "data" => value }
  hash["exp"] = expires.utc.iso8601(3) if expires
  hash["pur"] = purpose
  verifier = ActiveSupport::MessageVerifier.new(secret, digest: digest,
    serializer: ActiveSupport::MessageEncryptor::NullSerializer)
  verifier.generate(ActiveSupport::JSON.encode("_rails" => hash))
end

(ask["verifier71"] || {}).each do |name, spec|
  text = verifier71(keys.generate_key("signed cookie"), ask["digest"] || "SHA1", spec["value"],
    spec["purpose"] || "cookie.#{name}", spec["expires"] && Time.at(spec["expires"]))
  cookies[name] = Rack::Utils.escape(text)
end

puts JSON.generate("cookies" => cookies, "version" => ActiveSupport.version.to_s,
  "derived" => { "signed" => keys.generate_key("signed cookie", 64).unpack1("H*"),
    "encrypted" => keys.generate_key("authenticated encrypted cookie", 32).unpack1("H*") })
