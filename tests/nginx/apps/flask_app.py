"""A Flask application with its own sessions, which knows nothing of a gateway."""

from flask import Flask, request, session

app = Flask(__name__)
app.secret_key = "a secret of the application"


@app.get("/login")
def login():
    session["user"] = request.args["user"]
    return {"user": session["user"]}


@app.get("/me")
def me():
    return {"user": session.get("user"), "raw": request.headers.get("Cookie", "")}


@app.get("/logout")
def logout():
    session.clear()
    return {}
