// Holds the fake Discord of the tests against discord.js, which others wrote for Discord.
//
// Usage: discord_js_check.mjs LINE FOLDER, where LINE is what the example fake_discord prints and FOLDER has the
// node_modules with discord.js. Exits 0 when all checks passed.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [line, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, Events, GatewayIntentBits, ModalBuilder, Partials,
  SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} = require("discord.js");

const fake = JSON.parse(line);
const { GuildMembers, GuildMessageReactions, GuildMessages, Guilds, MessageContent } = GatewayIntentBits;
const client = new Client({
  intents: [Guilds, GuildMembers, GuildMessages, GuildMessageReactions, MessageContent],
  partials: [Partials.Message, Partials.Reaction],
  rest: { api: fake.api },
});
client.on("error", (error) => console.error(`discord.js: ${error}`));

async function control(act, args = {}) {
  const response = await fetch(`${fake.api.replace(/\/api$/, "")}/control/${act}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(args),
  });
  return response.json();
}

// What happens meanwhile, so that an event cannot come before somebody listens for it.
async function during(event, act) {
  const [[seen], acted] = await Promise.all([once(client, event), act()]);
  return [seen, acted];
}

async function refused(code, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code, String(error));
    return true;
  });
}

const ana = (await control("user", { name: "ana" })).id;
let room;

const checks = {
  "it logs in, and knows the guild and its channels": async () => {
    const [ready] = await during(Events.ClientReady, () => client.login(fake.token));
    assert.equal(ready.user.id, fake.application);
    const guild = client.guilds.cache.get(fake.guild);
    room = guild.channels.cache.get(fake.room);
    assert.equal(room.name, "inc-1");
    assert.equal(guild.members.cache.get(ana)?.displayName ?? (await guild.members.fetch(ana)).displayName, "Ana");
    assert.equal((await guild.members.fetch()).size, 3);
    assert.equal(guild.channels.cache.get(fake.forum).availableTags[1].name, "SEV1");
  },
  "it hears what people say, and who reacts": async () => {
    const [said, { id }] = await during(Events.MessageCreate, () =>
      control("says", { user: ana, channel: fake.room, text: "checkout is down" }));
    assert.deepEqual([said.id, said.content, said.author.id], [id, "checkout is down", ana]);
    const [reaction] = await during(Events.MessageReactionAdd, () =>
      control("reacts", { user: ana, channel: fake.room, message: id, emoji: "👀" }));
    assert.deepEqual([reaction.emoji.name, reaction.message.id], ["👀", id]);
  },
  "it posts, edits, pins, reacts, attaches and deletes": async () => {
    const button = new ButtonBuilder().setCustomId("ack").setLabel("Ack").setStyle(ButtonStyle.Primary);
    const card = await room.send({
      content: "card", components: [new ActionRowBuilder().addComponents(button)], allowedMentions: { parse: [] },
      files: [{ attachment: Buffer.from("graph"), name: "graph.txt" }], nonce: "1", enforceNonce: true,
    });
    const again = await room.send({ content: "card", nonce: "1", enforceNonce: true, allowedMentions: { parse: [] } });
    assert.equal(again.id, card.id);
    const file = await fetch(card.attachments.first().url);
    assert.equal(await file.text(), "graph");
    const edited = await card.edit("other card");
    assert.ok(edited.editedAt);
    await card.pin();
    assert.equal((await room.messages.fetchPins()).items[0].message.id, card.id);
    await card.react("✅");
    await card.delete();
    await refused(10008, () => card.edit("gone"));
    await refused(50006, () => room.send({ content: " " }));
    await refused(50035, () => room.send({ content: "x".repeat(2001) }));
  },
  "it makes a forum post, a thread, a channel and a direct message": async () => {
    const forum = client.channels.cache.get(fake.forum);
    const post = await forum.threads.create({
      name: "INC-1", message: { content: "card" }, appliedTags: [forum.availableTags[0].id],
    });
    assert.equal((await post.fetchStarterMessage()).content, "card");
    await post.members.add(ana);
    await post.setArchived(true);
    assert.equal(post.archived, true);
    const thread = await (await room.send("a thread begins")).startThread({ name: "details" });
    await thread.send("said in it");
    const made = await client.guilds.cache.get(fake.guild).channels.create({
      name: "inc-2", permissionOverwrites: [{ id: fake.guild, deny: ["ViewChannel"] }, { id: client.user.id, allow: ["ViewChannel"] }],
    });
    await made.permissionOverwrites.create(ana, { ViewChannel: true });
    await made.delete();
    await refused(10003, () => made.send("gone"));
    assert.equal((await (await client.users.fetch(ana)).send("you are paged")).content, "you are paged");
  },
  "it registers a command, and answers it with a form, and the form in time": async () => {
    const title = (option) => option.setName("title").setDescription("What is broken").setRequired(true);
    const declare = (sub) => sub.setName("declare").setDescription("Declare an incident").addStringOption(title);
    const command = new SlashCommandBuilder().setName("incident").setDescription("Incidents").addSubcommand(declare);
    await client.application.commands.set([command], fake.guild);
    const input = new TextInputBuilder().setCustomId("summary").setLabel("Summary").setStyle(TextInputStyle.Short);
    const [asked, slash] = await during(Events.InteractionCreate, () => {
      client.once(Events.InteractionCreate, (one) => one.showModal(new ModalBuilder().setCustomId("declare")
        .setTitle("Declare").addComponents(new ActionRowBuilder().addComponents(input))));
      return control("slash", { user: ana, channel: fake.room, words: "incident declare", options: { title: "checkout" } });
    });
    assert.equal(asked.options.getSubcommand(), "declare");
    assert.equal(asked.options.getString("title"), "checkout");
    assert.deepEqual([slash.error, slash.modal], [null, "declare"]);
    const [, plain] = await during(Events.InteractionCreate, () => {
      client.once(Events.InteractionCreate, async (one) => {
        await one.deferReply({ flags: 64 });
        await one.editReply("declared");
        await one.followUp({ content: "and said", flags: 64 });
      });
      return control("slash", { user: ana, channel: fake.room, words: "incident declare", options: { title: "checkout" } });
    });
    assert.deepEqual([plain.error, plain.ephemeral], [null, true]);
  },
  "it hears a button pressed and changes the message": async () => {
    const button = new ButtonBuilder().setCustomId("ack").setLabel("Ack").setStyle(ButtonStyle.Primary);
    const card = await room.send({ content: "paged", components: [new ActionRowBuilder().addComponents(button)] });
    const [pressed, outcome] = await during(Events.InteractionCreate, () => {
      client.once(Events.InteractionCreate, (one) => one.update({ content: "acknowledged", components: [] }));
      return control("press", { user: ana, channel: fake.room, message: card.id, button: "ack" });
    });
    assert.deepEqual([pressed.customId, outcome.error, outcome.text], ["ack", null, "acknowledged"]);
  },
  "it takes its session up again and misses nothing": async () => {
    const before = (await control("sessions")).sessions;
    for (const way of ["reconnect", "drop"]) {
      const heard = [];
      const hear = (message) => heard.push(message.content);
      client.on(Events.MessageCreate, hear);
      await during(Events.ShardResume, async () => {
        await control(way);
        await control("says", { user: ana, channel: fake.room, text: `said during ${way}` });
      });
      await control("says", { user: ana, channel: fake.room, text: "and after" });
      while (heard.length < 2) await new Promise((done) => setTimeout(done, 10));
      client.off(Events.MessageCreate, hear);
      assert.deepEqual(heard, [`said during ${way}`, "and after"]);
    }
    assert.deepEqual((await control("sessions")).sessions, before);
  },
  "every request was as Discord's document has it": async () => {
    // discord.js sends these everywhere, and Discord passes over them where it does not know them.
    const extra = /: the body: (enforce_nonce|id|tts|type) is no field of it$/;
    const { violations } = await control("violations");
    assert.deepEqual(violations.filter((one) => !extra.test(one)), []);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await Promise.race([
      check(),
      new Promise((_, fail) => setTimeout(() => fail(new Error("it took longer than 20 s")), 20_000).unref()),
    ]);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
await client.destroy();
process.exit(failed === 0 ? 0 : 1);
