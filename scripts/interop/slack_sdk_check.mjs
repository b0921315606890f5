// Holds the fake Slack of the tests against Slack's SDKs for Node.js.
//
// Usage: slack_sdk_check.mjs LINE FOLDER, where LINE is what the example fake_slack prints and FOLDER has the
// node_modules with @slack/web-api and @slack/socket-mode. Exits 0 when all checks passed.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [line, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const { WebClient, LogLevel } = require("@slack/web-api");
const { SocketModeClient } = require("@slack/socket-mode");

const fake = JSON.parse(line);
const silent = () => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent, setLevel: silent, setName: silent, getLevel: () => LogLevel.ERROR };
const options = { slackApiUrl: `${fake.api}/`, logger };
const web = new WebClient(fake.bot_token, options);

async function control(act, args = {}) {
  const response = await fetch(`${fake.api.replace(/\/api$/, "")}/control/${act}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(args),
  });
  return response.json();
}

async function refused(code, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.data?.error, code, String(error));
    return true;
  });
}

const ana = (await control("user", { name: "ana" })).id;
const room = (await web.conversations.create({ name: "js-inc-1" })).channel.id;
const section = { type: "section", text: { type: "mrkdwn", text: "*INC-1*" } };
const button = { type: "button", text: { type: "plain_text", text: "Ack" }, action_id: "ack", value: "1" };
const modal = { type: "modal", title: { type: "plain_text", text: "Declare" }, blocks: [section] };

const checks = {
  "auth.test tells who the bot is and what it may do": async () => {
    const answer = await web.auth.test();
    assert.match(answer.user_id, /^U/);
    assert.ok(answer.response_metadata.scopes.includes("chat:write"));
    await refused("invalid_auth", () => new WebClient("xoxb-wrong", options).auth.test());
  },
  "refusals have Slack's codes": async () => {
    await refused("name_taken", () => web.conversations.create({ name: "js-inc-1" }));
    await refused("channel_not_found", () => web.conversations.info({ channel: "C404" }));
    await refused("users_not_found", () => web.users.lookupByEmail({ email: "nobody@example.com" }));
    await refused("cant_invite_self", async () => {
      const { user_id } = await web.auth.test();
      return web.conversations.invite({ channel: room, users: user_id });
    });
    await refused("invalid_trigger_id", () => web.views.open({ trigger_id: "1.2", view: modal }));
  },
  "a room is described, filled, listed and archived": async () => {
    await web.conversations.setTopic({ channel: room, topic: "SEV1" });
    await web.conversations.invite({ channel: room, users: ana });
    const names = [];
    for await (const page of web.paginate("conversations.list", { limit: 1 })) {
      names.push(...page.channels.map((channel) => channel.name));
    }
    assert.ok(names.includes("js-inc-1") && names.length > 1, names.join());
    const old = (await web.conversations.create({ name: "js-old", is_private: true })).channel;
    assert.equal(old.is_private, true);
    await web.conversations.archive({ channel: old.id });
    await refused("is_archived", () => web.chat.postMessage({ channel: old.id, text: "late" }));
  },
  "a message with blocks is posted, edited, pinned, read and deleted": async () => {
    const { ts } = await web.chat.postMessage({ channel: room, text: "card", blocks: [section] });
    await web.chat.update({ channel: room, ts, text: "card 2", blocks: [section] });
    await refused("invalid_blocks", () => web.chat.update({ channel: room, ts, text: "x", blocks: [{ type: "no" }] }));
    await web.pins.add({ channel: room, timestamp: ts });
    assert.equal((await web.pins.list({ channel: room })).items.length, 1);
    const { messages } = await web.conversations.history({ channel: room, limit: 5 });
    assert.equal(messages[0].text, "card 2");
    assert.deepEqual(messages[0].pinned_to, [room]);
    await web.chat.delete({ channel: room, ts });
    await refused("message_not_found", () => web.chat.delete({ channel: room, ts }));
  },
  "bookmarks, user groups and the home page": async () => {
    await web.bookmarks.add({ channel_id: room, title: "Runbook", type: "link", link: "https://example.com" });
    assert.equal((await web.bookmarks.list({ channel_id: room })).bookmarks.length, 1);
    const group = (await control("group", { handle: "js-oncall" })).id;
    const answer = await web.usergroups.users.update({ usergroup: group, users: ana });
    assert.deepEqual(answer.usergroup.users, [ana]);
    await web.views.publish({ user_id: ana, view: { type: "home", blocks: [section] } });
  },
  "a file goes up by the current method": async () => {
    const { files } = await web.filesUploadV2({
      channel_id: room,
      filename: "INC-1.md",
      title: "Postmortem",
      file: Buffer.from("# INC-1 ☎"),
      initial_comment: "Here",
    });
    const id = files[0].files[0].id;
    const { file } = await web.files.info({ file: id });
    assert.equal(file.size, Buffer.byteLength("# INC-1 ☎"));
    const headers = { authorization: `Bearer ${fake.bot_token}` };
    assert.equal(await (await fetch(file.url_private_download, { headers })).text(), "# INC-1 ☎");
  },
  "the SDK waits as a 429 says": async () => {
    await control("ratelimit", { method: "chat.postMessage" });
    const started = Date.now();
    assert.ok((await web.chat.postMessage({ channel: room, text: "in the end" })).ok);
    assert.ok(Date.now() - started >= 900, "it did not wait");
  },
  "Socket Mode: a command is answered, a modal opened, a message and a press heard": async () => {
    const socket = new SocketModeClient({ appToken: fake.app_token, logger, clientOptions: options });
    const said = new Promise((done) => {
      socket.on("message", async ({ event, ack }) => {
        await ack();
        if (event.text === "hello") done();
      });
    });
    const interacted = new Promise((done) => {
      socket.on("interactive", async ({ body, ack }) => {
        await ack();
        done(body);
      });
    });
    socket.on("slash_commands", async ({ body, ack }) => {
      await web.views.open({ trigger_id: body.trigger_id, view: modal });
      await ack({ text: "declared" });
    });
    await socket.start();
    await control("connected");
    const command = { user: ana, channel: room, command: "/incident", text: "declare api" };
    const outcome = await control("slash", command);
    assert.deepEqual(outcome.ack, { text: "declared" });
    assert.ok((await control("says", { user: ana, channel: room, text: "hello" })).acked);
    await said;
    const blocks = [{ type: "actions", elements: [button] }];
    const { ts } = await web.chat.postMessage({ channel: room, text: "card", blocks });
    assert.equal((await control("press", { user: ana, channel: room, ts, action_id: "ack" })).error, null);
    assert.equal((await interacted).actions[0].value, "1");
    const again = new Promise((done) => socket.once("connected", done));
    await control("disconnect");
    await again;
    assert.deepEqual((await control("slash", command)).ack, { text: "declared" });
    await socket.disconnect();
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok      @slack: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  @slack: ${name}`);
    console.error(error);
  }
}
process.exit(failed === 0 ? 0 : 1);
