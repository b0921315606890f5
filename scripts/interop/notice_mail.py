"""aiosmtpd takes our mail, and Python's own parser reads it."""

import email
import email.policy
import os
import socket
import subprocess
import sys

from aiosmtpd.controller import Controller


class Box:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope)
        return "250 taken"


def check(what, holds):
    if not holds:
        sys.exit(f"mail: {what}")


box = Box()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
controller = Controller(box, hostname="127.0.0.1", port=port)
controller.start()
try:
    sent = subprocess.run(
        [os.environ["SEND"], "mail", str(port), "Firebell <fire@example.org>", "ana@example.net"],
        capture_output=True, text=True, timeout=60,
    )
finally:
    controller.stop()

check(f"it was not sent: {sent.stderr}", sent.returncode == 0)
check("one letter", len(box.letters) == 1)
envelope = box.letters[0]
check("envelope", (envelope.mail_from, envelope.rcpt_tos) == ("fire@example.org", ["ana@example.net"]))
letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
check(f"defects {letter.defects}", not letter.defects)
check("subject", letter["Subject"] == "INC-1 Prüfung is down Bcc: eve@example.com")
check("no header was smuggled in", letter["Bcc"] is None)
check("id", letter["Message-ID"] == sent.stdout.strip())
check("auto", letter["Auto-Submitted"] == "auto-generated")
check("date", letter["Date"].datetime.tzinfo is not None)
plain = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
check(f"text {plain!r}", "First line\n.\n..second <b>line</b> ü\n\nAcknowledge: https://fire.example/a/tok?x=1&y=2\n" in plain)
page = letter.get_body(("html",)).get_content()
check(f"page {page!r}", "..second &lt;b&gt;line&lt;/b&gt; ü</p>" in page)
check("button", 'href="https://fire.example/a/tok?x=1&amp;y=2"' in page)
print("mail: ok")
