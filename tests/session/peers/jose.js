// Tokens made by jsonwebtoken and paseto: one JSON request on stdin, {"token": …} on stdout.
// LIBRARY names the folder of the package.
'use strict'
const ask = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const library = require(process.env.LIBRARY)
const crypto = require('crypto')

async function make () {
  if (ask.paseto) {
    const key = crypto.createPrivateKey(ask.key)
    const options = { ...ask.options, iat: false }
    return library.V4.sign(ask.claims, key, options)
  }
  const key = ask.secret ? crypto.createSecretKey(Buffer.from(ask.secret, 'hex')) : ask.key
  return library.sign(ask.claims, key, ask.options)
}

make().then(token => process.stdout.write(JSON.stringify({ token })))
