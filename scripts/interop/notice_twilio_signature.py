"""Twilio's own RequestValidator and ours agree on what is signed, and it accepts what our pretend Twilio signs."""

import os
import random
import subprocess
import sys

from twilio.request_validator import RequestValidator

TOKEN = "twilio-token"
validator = RequestValidator(TOKEN)
chance = random.Random(7)


def send(*args):
    return subprocess.run([os.environ["SEND"], *args], capture_output=True, text=True, timeout=60)


def ours(url, params, signature):
    pairs = [f"{name}={value}" for name, value in params.items()]
    return send("twilio-verify", TOKEN, url, signature, *pairs).returncode == 0


def text():
    return "".join(chance.choice("abcXYZ019 +ü🔥&%=\"'<>") for _ in range(chance.randrange(0, 12)))


urls = [
    "https://fire.example/s/tok", "https://fire.example:443/s/tok", "https://fire.example:8443/s?x=1&y=%20",
    "http://fire.example/s", "http://fire.example:80/s", "https://fire.example", "https://fire.example?x=1",
]
for url in urls:
    for _ in range(6):
        params = {f"P{chance.randrange(99)}": text() for _ in range(chance.randrange(0, 5))}
        signature = validator.compute_signature(url, params)
        if not ours(url, params, signature):
            sys.exit(f"twilio: we refuse what Twilio signed: {url} {params}")
        changed = params | {"Extra": "1"}
        if ours(url, changed, signature) or validator.validate(url, changed, signature):
            sys.exit(f"twilio: a changed form was verified: {url} {changed}")
        pairs = [f"{name}={value}" for name, value in params.items()]
        fake = send("twilio-fake-sign", url, *pairs).stdout.strip()
        if not validator.validate(url, params, fake):
            sys.exit(f"twilio: Twilio refuses what our pretend one signed: {url} {params}")
print("twilio signatures: ok")
