// An Express application with signed cookies of the package "cookies": SOCKET.
const express = require('express')
const Cookies = require('cookies')
const app = express()

function cookies (req, res) {
  return new Cookies(req, res, { keys: ['a secret of the application'] })
}

app.get('/login', (req, res) => {
  cookies(req, res).set('session', JSON.stringify({ user: req.query.user }).replace(/"/g, "'"),
    { signed: true, maxAge: 3600000 })
  res.json({ user: req.query.user })
})
app.get('/me', (req, res) => {
  const text = cookies(req, res).get('session', { signed: true })
  res.json({ user: text ? JSON.parse(text.replace(/'/g, '"')).user : null, raw: req.headers.cookie || '' })
})
app.get('/logout', (req, res) => {
  cookies(req, res).set('session', null, { signed: true })
  res.json({})
})

app.listen(process.argv[2], () => require('fs').chmodSync(process.argv[2], 0o666))
