"""Holds the fake Slack of the tests against Slack's SDK for Python.

Usage: slack_sdk_check.py LINE, where LINE is what the example fake_slack prints. Exits 0 when all checks passed.
"""

import json
import sys
import threading
import traceback
import urllib.request
import warnings

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

FAKE = json.loads(sys.argv[1])
BASE = FAKE["api"] + "/"
CHECKS = []
# The SDK warns of a message without text, which is what one check sends.
warnings.simplefilter("ignore", UserWarning)


def check(function):
    CHECKS.append(function)
    return function


def control(act, **args):
    request = urllib.request.Request(
        FAKE["api"].removesuffix("/api") + "/control/" + act,
        data=json.dumps(args).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def refused(code, call, **args):
    try:
        call(**args)
    except SlackApiError as error:
        assert error.response["error"] == code, error.response["error"]
        return error.response
    raise AssertionError(f"{code} was expected")


class World:
    def __init__(self):
        self.web = WebClient(token=FAKE["bot_token"], base_url=BASE)
        self.ana = control("user", name="ana")["id"]
        self.channel = self.web.conversations_create(name="py-inc-1")["channel"]["id"]


@check
def tokens(world):
    """auth.test tells who the bot is and what it may do"""
    answer = world.web.auth_test()
    assert answer["bot_id"].startswith("B"), answer
    assert "chat:write" in answer.headers["x-oauth-scopes"]
    refused("invalid_auth", WebClient(token="xoxb-wrong", base_url=BASE).auth_test)
    refused("not_authed", WebClient(base_url=BASE).auth_test)


@check
def errors(world):
    """refusals have Slack's codes"""
    web = world.web
    refused("name_taken", web.conversations_create, name="py-inc-1")
    refused("invalid_name_specials", web.conversations_create, name="Not a name")
    refused("channel_not_found", web.conversations_info, channel="C404")
    refused("users_not_found", web.users_lookupByEmail, email="nobody@example.com")
    refused("message_not_found", web.pins_add, channel=world.channel, timestamp="1.2")
    refused("no_text", web.chat_postMessage, channel=world.channel, text="")
    refused("invalid_trigger_id", web.views_open, trigger_id="1.2", view=modal())


def modal():
    return View(type="modal", title="Declare", submit="Declare", callback_id="declare", blocks=[SectionBlock(text="Hi")])


@check
def rooms(world):
    """a room is described, filled, listed and archived"""
    web, room = world.web, world.channel
    web.conversations_setTopic(channel=room, topic="SEV1")
    web.conversations_setPurpose(channel=room, purpose="An incident")
    web.conversations_invite(channel=room, users=[world.ana])
    assert world.ana in web.conversations_members(channel=room)["members"]
    info = web.conversations_info(channel=room)["channel"]
    assert info["topic"]["value"] == "SEV1" and info["is_member"], info
    names = [channel["name"] for page in web.conversations_list(limit=1) for channel in page["channels"]]
    assert "py-inc-1" in names and len(names) > 1, names
    other = web.conversations_create(name="py-old", is_private=True)["channel"]["id"]
    web.conversations_rename(channel=other, name="py-older")
    web.conversations_archive(channel=other)
    refused("already_archived", web.conversations_archive, channel=other)
    refused("is_archived", web.chat_postMessage, channel=other, text="late")
    refused("name_taken", web.conversations_create, name="py-older")


@check
def messages(world):
    """a message with blocks is posted, edited, pinned, marked, read and deleted"""
    web, room = world.web, world.channel
    button = ButtonElement(text="Acknowledge", action_id="ack", value="inc-1")
    posted = web.chat_postMessage(
        channel=room,
        text="card",
        blocks=[SectionBlock(text="*INC-1*"), ActionsBlock(elements=[button])],
        metadata={"event_type": "firebell", "event_payload": {"effect": "7"}},
    )
    web.chat_update(channel=room, ts=posted["ts"], text="card 2")
    web.pins_add(channel=room, timestamp=posted["ts"])
    refused("already_pinned", web.pins_add, channel=room, timestamp=posted["ts"])
    web.reactions_add(channel=room, timestamp=posted["ts"], name="eyes")
    assert web.pins_list(channel=room)["items"][0]["message"]["text"] == "card 2"
    reply = web.chat_postMessage(channel=room, text="in the thread", thread_ts=posted["ts"])
    assert len(web.conversations_replies(channel=room, ts=posted["ts"])["messages"]) == 2
    history = web.conversations_history(channel=room, include_all_metadata=True)["messages"]
    card = next(message for message in history if message["ts"] == posted["ts"])
    assert card["metadata"]["event_payload"] == {"effect": "7"} and card["reply_count"] == 1, card
    assert "/archives/" in web.chat_getPermalink(channel=room, message_ts=posted["ts"])["permalink"]
    web.chat_postEphemeral(channel=room, user=world.ana, text="for you")
    web.chat_delete(channel=room, ts=reply["ts"])
    assert web.chat_postMessage(channel=world.ana, text="a page")["channel"].startswith("D")


@check
def limits(world):
    """blocks beyond Slack's limits are refused"""
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    answer = refused("invalid_blocks", world.web.chat_postMessage, channel=world.channel, text="x", blocks=long)
    assert "/blocks/0/text/text" in answer["response_metadata"]["messages"][0]
    many = [{"type": "divider"}] * 51
    refused("invalid_blocks", world.web.chat_postMessage, channel=world.channel, text="x", blocks=many)
    refused("msg_too_long", world.web.chat_postMessage, channel=world.channel, text="x" * 40_001)


@check
def bookmarks_and_groups(world):
    """bookmarks and user groups"""
    web, room = world.web, world.channel
    mark = web.bookmarks_add(channel_id=room, title="Runbook", type="link", link="https://example.com")["bookmark"]
    web.bookmarks_edit(channel_id=room, bookmark_id=mark["id"], title="The runbook")
    assert web.bookmarks_list(channel_id=room)["bookmarks"][0]["title"] == "The runbook"
    group = control("group", handle="oncall")["id"]
    web.usergroups_users_update(usergroup=group, users=[world.ana])
    assert web.usergroups_users_list(usergroup=group)["users"] == [world.ana]


@check
def people(world):
    """people are found by id and e-mail"""
    found = world.web.users_lookupByEmail(email="ANA@example.com")["user"]
    assert found["id"] == world.ana
    assert world.web.users_info(user=world.ana)["user"]["profile"]["email"] == "ana@example.com"
    assert any(user["id"] == world.ana for page in world.web.users_list(limit=1) for user in page["members"])
    assert world.web.conversations_open(users=[world.ana])["channel"]["id"].startswith("D")


@check
def uploads(world):
    """a file goes up by the current method and comes down with the token"""
    uploaded = world.web.files_upload_v2(
        channel=world.channel, filename="INC-1.md", title="Postmortem", content="# INC-1", initial_comment="Here"
    )["file"]
    info = world.web.files_info(file=uploaded["id"])["file"]
    assert info["title"] == "Postmortem" and info["size"] == 7, info
    request = urllib.request.Request(
        info["url_private_download"], headers={"authorization": "Bearer " + FAKE["bot_token"]}
    )
    assert urllib.request.urlopen(request).read() == b"# INC-1"
    assert b"Sign in" in urllib.request.urlopen(info["url_private_download"]).read()


@check
def rate_limits(world):
    """the SDK's retry handler waits as a 429 says"""
    web = WebClient(token=FAKE["bot_token"], base_url=BASE)
    web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    control("ratelimit", method="chat.postMessage")
    assert web.chat_postMessage(channel=world.channel, text="in the end")["ok"]
    control("ratelimit", method="chat.postMessage")
    answer = refused("ratelimited", world.web.chat_postMessage, channel=world.channel, text="never")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "1", answer.headers


@check
def socket_mode(world):
    """Socket Mode: a command is answered, a modal opened by its trigger, a message and a press heard"""
    client = SocketModeClient(
        app_token=FAKE["app_token"],
        web_client=WebClient(token=FAKE["bot_token"], base_url=BASE),
        ping_interval=1,
    )
    heard, said, pressed = [], threading.Event(), threading.Event()

    def listen(client, request):
        heard.append(request)
        payload = {"text": "declared"} if request.type == "slash_commands" else None
        if request.type == "slash_commands":
            client.web_client.views_open(trigger_id=request.payload["trigger_id"], view=modal())
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=payload))
        if request.type == "interactive":
            pressed.set()
        if request.type == "events_api" and request.payload["event"].get("text") == "hello &lt;all&gt;":
            said.set()

    client.socket_mode_request_listeners.append(listen)
    client.connect()
    control("connected")
    outcome = control("slash", user=world.ana, channel=world.channel, command="/incident", text="declare api")
    assert outcome["ack"] == {"text": "declared"} and outcome["error"] is None, outcome
    assert control("says", user=world.ana, channel=world.channel, text="hello <all>")["acked"]
    assert said.wait(5), heard
    block = ActionsBlock(elements=[ButtonElement(text="Ack", action_id="ack", value="1")])
    card = client.web_client.chat_postMessage(channel=world.channel, text="card", blocks=[block])
    assert control("press", user=world.ana, channel=world.channel, ts=card["ts"], action_id="ack")["error"] is None
    assert pressed.wait(5), heard
    client.close()


@check
def signatures(_):
    """the signing secret is of a form that the SDK takes"""
    signed = SignatureVerifier(FAKE["signing_secret"]).generate_signature(timestamp="1", body="a=b")
    assert signed.startswith("v0=") and len(signed) == 67


def main():
    world, failed = World(), 0
    for function in CHECKS:
        try:
            function(world)
            print(f"ok      slack_sdk: {function.__doc__}")
        except Exception:  # Every check is told of.
            failed += 1
            print(f"FAILED  slack_sdk: {function.__doc__}")
            traceback.print_exc()
    return 1 if failed else 0


sys.exit(main())
