#!/usr/bin/env python3
"""Plays declare, resolve and export against emulate, a Slack Web API that others wrote.

emulate (npm, vercel-labs/emulate) keeps channels, messages, pins, bookmarks and files, and refuses what Slack would
refuse. This script signs and sends slash commands as Slack does over HTTP, asks emulate what has become of them, and
stops whatever it started.

What emulate 0.12.2 lacks, with 404 for an answer: Socket Mode, user groups, response URLs; it sends no slash commands,
no interactions and, without a subscription that no configuration can make, no events. So buttons and captured messages
are left to the tests. Scopes are checked, and there is no Slack Connect and no limit on calls.
"""

import argparse
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

TOKEN = "xoxb-interop-0000"
SECRET = "0123456789abcdef0123456789abcdef"
BOT_USER = "U0FIREBELL"
ANNOUNCE = "outages"
# Slack itself waits three seconds for an answer to a command.
ACK_SECONDS = 3
WAIT_SECONDS = 30

SEED = {
    "slack": {
        "team": {"name": "Interop", "domain": "interop"},
        "users": [
            {"name": "ana", "real_name": "Ana", "email": "ana@example.com"},
            {"name": "bo", "real_name": "Bo", "email": "bo@example.com"},
        ],
        "channels": [{"name": ANNOUNCE}],
        "oauth_apps": [
            {
                "client_id": "1.2",
                "client_secret": "unused",
                "app_id": "A0FIREBELL",
                "name": "Firebell",
                "redirect_uris": ["http://127.0.0.1/unused"],
                "bot_id": "B0FIREBELL",
                "bot_user_id": BOT_USER,
                "bot_name": "firebell",
            }
        ],
        "tokens": [
            {
                "token": TOKEN,
                "type": "bot",
                "user_id": BOT_USER,
                "bot_id": "B0FIREBELL",
                "bot_user_id": BOT_USER,
                "app_id": "A0FIREBELL",
                "client_id": "1.2",
                "scopes": (
                    "bookmarks:read bookmarks:write channels:history channels:join channels:manage channels:read "
                    "chat:write files:read files:write groups:history groups:read groups:write im:history im:write "
                    "pins:read pins:write reactions:read users:read users:read.email"
                ).split(),
            }
        ],
        "strict_scopes": True,
    }
}

# emulate has no user groups: that one cannot come along must keep nothing else from happening.
CONFIG = """
last_resort = ["ana"]
[incidents]
default_policy = "primary"
[[people]]
handle = "ana"
email = "ana@example.com"
[[people]]
handle = "bo"
email = "bo@example.com"
[[policies]]
key = "primary"
[[policies.steps]]
people = ["bo"]
[[slack]]
api_url = "{api}"
announce = ["{announce}"]
invite_group = "S0NOBODY"
"""


class Failed(Exception):
    """What did not come out as it should."""


def main():
    args = arguments()
    work = pathlib.Path(args.dir)
    work.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as started:
        try:
            play(args, work, started)
        except Failed as why:
            sys.exit(f"emulate: {why}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # Absolute, since all of it runs in a folder of its own.
    path = os.path.abspath
    parser.add_argument("--node", required=True, type=path, help="Node.js 24")
    parser.add_argument("--emulate", required=True, type=path, help="emulate's dist/index.js")
    parser.add_argument("--firebell", required=True, type=path, help="the binary")
    parser.add_argument("--dir", required=True, type=path, help="an empty folder for everything that is written")
    return parser.parse_args()


def play(args, work, started):
    slack = Slack(start_emulate(args, work, started))
    announce = slack.channel_id(ANNOUNCE)
    ana, bo = slack.user_id("ana"), slack.user_id("bo")
    slack.call("conversations.join", channel=announce)
    (work / "firebell.toml").write_text(CONFIG.format(api=slack.base, announce=announce))
    answers = started.enter_context(Answers())
    said = Commands(start_firebell(args, work, started), answers, announce, ana)

    room = declares(slack, said, ana, bo)
    acknowledges_and_resolves(slack, said, room, announce)
    exports(slack, said, room)
    opens_a_form(slack, said)
    refuses_a_forged_command(said)


def declares(slack, said, ana, bo):
    reply = said.slash("declare checkout is down sev1")
    expect("INC-1" in reply, f"the reply to declare is {reply!r}")
    room = slack.until("the room", lambda: slack.find_channel("inc-1-checkout-is-down"))
    expect(not room["is_private"], "the room is private")
    room = room["id"]
    slack.until("ana and bo in the room", lambda: {ana, bo, BOT_USER} <= set(slack.members(room)))
    card = slack.until("a pinned card", lambda: slack.pinned(room))
    expect(card.get("text") and card.get("blocks"), "the card lacks its text or its blocks")
    expect("checkout is down" in card["text"], f"the card says {card['text']!r}")
    slack.until("a topic", lambda: slack.channel(room)["topic"]["value"])
    expect("SEV1" in slack.channel(room)["topic"]["value"].upper(), "the topic lacks the severity")
    # Who opens a direct message with bo is told of the same one that bo's page stands in.
    dm = slack.call("conversations.open", users=bo)["channel"]["id"]
    slack.until("bo's page", lambda: any("INC-1" in text for text in slack.texts(dm)))
    again = slack.call("conversations.list", types="public_channel,private_channel", limit=1000)["channels"]
    expect(sum(channel["name"].startswith("inc-1") for channel in again) == 1, "there are several rooms")
    return room


def acknowledges_and_resolves(slack, said, room, announce):
    slack.until("the announcement", lambda: any("INC-1" in text for text in slack.texts(announce)))
    expect("INC-1" in said.slash("INC-1 ack"), "ack was not taken")
    reply = said.slash("INC-1 resolve the pool was too small")
    expect("INC-1" in reply, f"the reply to resolve is {reply!r}")
    slack.until("the resolve message", lambda: any("pool was too small" in text for text in slack.texts(room)))
    # Cards and announcements are edited in place: there is still one of each.
    slack.until("the card's end", lambda: "resolved" in slack.pinned(room)["text"].lower())
    slack.until("the announcement's end", lambda: any("resolved" in text.lower() for text in slack.texts(announce)))
    told = [text for text in slack.texts(announce) if "INC-1" in text]
    expect(len(told) == 1, f"{len(told)} announcements")


def exports(slack, said, room):
    reply = said.slash("INC-1 export", channel=room)
    expect(".md" in reply, f"the reply to export is {reply!r}")
    listed = slack.until("the exported file", lambda: slack.call("files.list", channel=room).get("files"))
    expect(len(listed) == 1 and listed[0]["name"].endswith(".md"), f"the files are {listed!r}")
    text = slack.download(listed[0])
    expect(text.startswith("---\n") and "checkout is down" in text, "the file is no postmortem")
    expect("the pool was too small" in text, "the file lacks the summary")


def opens_a_form(slack, said):
    # emulate makes triggers for whoever asks, since it sends no commands of its own.
    trigger = slack.call("views.generateTriggerId", user_id=said.user)["trigger_id"]
    status, reply = said.post("declare", trigger=trigger)
    expect((status, reply) == (200, ""), f"a bare declare was answered with {status} {reply!r}")
    # No method lists forms; emulate's own pages do.
    nothing = "No modal views have been opened."
    slack.until("the form", lambda: nothing not in slack.page("/?tab=views"))


def refuses_a_forged_command(said):
    status, _ = said.post("list", secret="another secret")
    expect(status == 401, f"a forged command was answered with {status}")


class Slack:
    """emulate's Web API, asked as an app would."""

    def __init__(self, base):
        self.base = base

    def answer(self, method, **args):
        body = urllib.parse.urlencode(args).encode()
        request = urllib.request.Request(
            f"{self.base}/{method}", data=body, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def call(self, method, **args):
        answer = self.answer(method, **args)
        expect(answer.get("ok"), f"{method} answers {answer}")
        return answer

    def page(self, path):
        with urllib.request.urlopen(urllib.parse.urljoin(self.base, path), timeout=10) as response:
            return response.read().decode()

    def until(self, what, look):
        """Looks until something is there."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            found = look()
            if found:
                return found
            expect(time.monotonic() < end, f"{what} did not come within {WAIT_SECONDS} s")
            time.sleep(0.1)

    def find_channel(self, name):
        listed = self.call("conversations.list", types="public_channel,private_channel", limit=1000)["channels"]
        return next((channel for channel in listed if channel["name"] == name), None)

    def channel_id(self, name):
        return self.until(f"#{name}", lambda: self.find_channel(name))["id"]

    def channel(self, room):
        return self.call("conversations.info", channel=room)["channel"]

    def user_id(self, name):
        return next(user["id"] for user in self.call("users.list")["members"] if user["name"] == name)

    def members(self, room):
        return self.call("conversations.members", channel=room)["members"]

    def texts(self, room):
        return [message.get("text", "") for message in self.call("conversations.history", channel=room)["messages"]]

    def pinned(self, room):
        items = self.call("pins.list", channel=room)["items"]
        expect(len(items) <= 1, f"{len(items)} messages are pinned")
        return items[0]["message"] if items else None

    def download(self, file):
        request = urllib.request.Request(file["url_private"], headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode()


class Commands:
    """Somebody who types slash commands."""

    def __init__(self, base, answers, channel, user):
        self.base, self.answers, self.channel, self.user = base, answers, channel, user

    def slash(self, text, channel=None, trigger=None):
        """What the person is told at first: with the acknowledgement, or at the address that came with the command."""
        began = time.monotonic()
        status, body = self.post(text, channel=channel, trigger=trigger)
        took = time.monotonic() - began
        expect(status == 200, f"/incident {text} was answered with {status}")
        expect(took < ACK_SECONDS, f"/incident {text} was acknowledged after {took:.1f} s")
        return json.loads(body).get("text", "") if body else self.answers.latest()

    def post(self, text, channel=None, trigger=None, secret=SECRET):
        fields = {
            "team_id": "T000000001",
            "channel_id": channel or self.channel,
            "channel_name": "somewhere",
            "user_id": self.user,
            "command": "/incident",
            "text": text,
            "response_url": self.answers.url,
            # No two commands have the same one, so that Firebell knows by it what it has had before.
            "trigger_id": trigger or f"{time.time_ns()}.1.interop",
        }
        body = urllib.parse.urlencode(fields).encode()
        at = str(int(time.time()))
        digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest}",
        }
        request = urllib.request.Request(f"{self.base}/slack/commands", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""


class Answers:
    """The address that comes with a command."""

    def __enter__(self):
        self.heard = heard = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                heard.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def latest(self):
        try:
            return self.heard.get(timeout=WAIT_SECONDS).get("text", "")
        except queue.Empty:
            raise Failed("a command was acknowledged without a word, and none came later") from None


def start_emulate(args, work, started):
    seed = work / "emulate.json"
    seed.write_text(json.dumps(SEED))
    port = free_port()
    command = [args.node, args.emulate, "start", "-p", str(port), "-s", "slack", "--seed", str(seed)]
    log = started.enter_context(open(work / "emulate.log", "w", encoding="utf-8"))
    process = started.enter_context(running(command, work, stdout=log, stderr=log))
    base = f"http://127.0.0.1:{port}/api"
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            if Slack(base).answer("auth.test").get("ok"):
                return base
        except OSError:
            pass
        alive = process.poll() is None and time.monotonic() < end
        expect(alive, "emulate did not start:\n" + (work / "emulate.log").read_text())
        time.sleep(0.1)


def start_firebell(args, work, started):
    env = {name: value for name, value in os.environ.items() if not name.startswith("FIREBELL_")}
    env |= {"FIREBELL_SLACK_BOT_TOKEN": TOKEN, "FIREBELL_SLACK_SIGNING_SECRET": SECRET}
    log = work / "firebell.log"
    command = [args.firebell, "serve", "--listen", "127.0.0.1:0", "--log-format", "json"]
    file = started.enter_context(open(log, "w", encoding="utf-8"))
    process = started.enter_context(running(command, work, env=env, stdout=subprocess.DEVNULL, stderr=file))
    end = time.monotonic() + WAIT_SECONDS
    while True:
        serves = re.search(r'"address":"([^"]+)"', log.read_text())
        if serves:
            return f"http://{serves[1]}"
        expect(process.poll() is None and time.monotonic() < end, "firebell did not serve:\n" + log.read_text())
        time.sleep(0.1)


@contextlib.contextmanager
def running(command, folder, **how):
    """A process that ends with the block, in a group of its own so that its children end too."""
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True, **how)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def expect(holds, otherwise):
    if not holds:
        raise Failed(otherwise)


if __name__ == "__main__":
    # Whoever stops this script stops what it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
    print("emulate: declare, resolve and export came out as they should")
