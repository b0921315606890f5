"""The standardwebhooks library verifies our webhook."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
seen = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        seen.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/hook"
sent = subprocess.run([os.environ["SEND"], "webhook", url, SECRET], capture_output=True, text=True, timeout=60)
server.shutdown()
if sent.returncode != 0 or len(seen) != 1:
    sys.exit(f"webhook: it was not sent: {sent.stderr}")
headers, body = seen[0]
data = Webhook(SECRET).verify(body, headers)
if data["type"] != "page" or headers["webhook-id"] != sent.stdout.strip():
    sys.exit(f"webhook: {data}")
try:
    Webhook(SECRET).verify(body.replace(b"page", b"over"), headers)
except WebhookVerificationError:
    print("webhook: ok")
else:
    sys.exit("webhook: a changed body was verified")
