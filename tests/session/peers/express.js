// Cookies made by Express: one JSON request on stdin, {name: value as in Set-Cookie} on stdout.
//
// A real server on loopback answers one request. EXPRESS_SESSION names the folder of
// express-session, which Debian does not have; without it, no sessions.
'use strict'
const http = require('http')
const express = require('express')
const cookieParser = require('cookie-parser')

const ask = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const app = express()

app.use(cookieParser(ask.secrets))
if (ask.session) {
  const session = require(process.env.EXPRESS_SESSION)
  app.use(session({ secret: ask.secrets, resave: false, saveUninitialized: true }))
  app.use((req, res, next) => {
    Object.assign(req.session, ask.session)
    res.set('X-Session-Id', req.sessionID)
    next()
  })
}
app.use((req, res) => {
  for (const [name, value] of Object.entries(ask.signed || {})) {
    res.cookie(name, value, { signed: true })
  }
  res.json(req.signedCookies)
})

const server = http.createServer(app).listen(0, '127.0.0.1', () => {
  const headers = ask.cookie ? { cookie: ask.cookie } : {}
  http.get({ host: '127.0.0.1', port: server.address().port, headers }, (res) => {
    let body = ''
    res.on('data', (part) => { body += part })
    res.on('end', () => {
      const cookies = {}
      for (const line of res.headers['set-cookie'] || []) {
        const pair = line.split(';')[0]
        cookies[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1)
      }
      console.log(JSON.stringify({
        cookies, seen: JSON.parse(body), session_id: res.headers['x-session-id']
      }))
      server.close()
    })
  })
})
