// Tokens of Node's libraries: node peer.js LIBRARY, the protocol of ../session.c.
'use strict'
const crypto = require('crypto')
const readline = require('readline')

const SUBJECT = 'alice@example.org'

function version (name) {
  return `${name} ${require(name + '/package.json').version}, node ${process.versions.node}`
}

function jsonwebtoken (key) {
  const jwt = require('jsonwebtoken')
  const secret = crypto.createSecretKey(key) // a string would cost a failed parse as PEM each time
  const text = jwt.sign({ sub: SUBJECT }, secret, { algorithm: 'HS256', expiresIn: 86400 })
  return {
    verify: () => jwt.verify(text, secret, { algorithms: ['HS256'] }).sub,
    answer: { text, scheme: 'jwt', version: version('jsonwebtoken') }
  }
}

function cookieSignature (key) {
  const { sign, unsign } = require('cookie-signature')
  const secret = key.toString('ascii')
  const text = encodeURIComponent('s:' + sign(SUBJECT, secret))
  return {
    verify: () => unsign(decodeURIComponent(text).slice(2), secret),
    answer: { text, scheme: 'express', version: version('cookie-signature') }
  }
}

let peer
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (!peer) {
    const make = { jsonwebtoken, 'cookie-signature': cookieSignature }[process.argv[2]]
    peer = make(Buffer.from(JSON.parse(line).key, 'hex'))
    if (peer.verify() !== SUBJECT) throw new Error('does not verify')
    console.log(JSON.stringify(peer.answer))
    return
  }
  const n = Number(line)
  const start = process.cpuUsage()
  for (let i = 0; i < n; i++) peer.verify()
  const { user, system } = process.cpuUsage(start)
  console.log((user + system) * 1000)
})
