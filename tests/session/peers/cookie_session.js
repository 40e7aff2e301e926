// Cookies made by cookie-session: one JSON request on stdin, the two cookies on stdout.
//
// COOKIE_SESSION names the folder of cookie-session, which Debian does not have; without
// it the cookies are written by what it builds on, cookies and keygrip.
'use strict'
const http = require('http')
const Keygrip = require('keygrip')

const ask = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const keys = ask.digest ? new Keygrip(ask.keys, ask.digest) : ask.keys
const name = ask.name || 'session'
let write

if (process.env.COOKIE_SESSION) {
  const middleware = require(process.env.COOKIE_SESSION)({ name, keys })
  write = (req, res, done) => middleware(req, res, () => { req.session = ask.session; done() })
} else {
  const Cookies = require('cookies')
  write = (req, res, done) => {
    const text = Buffer.from(JSON.stringify(ask.session)).toString('base64')
    new Cookies(req, res, { keys }).set(name, text, { signed: true })
    done()
  }
}

const server = http.createServer((req, res) => write(req, res, () => res.end('ok')))
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port }, (res) => {
    const cookies = {}
    for (const line of res.headers['set-cookie']) {
      const pair = line.split(';')[0]
      cookies[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1)
    }
    console.log(JSON.stringify({ cookies }))
    res.resume()
    server.close()
  })
})
