// The page of one's own connections: what is read, when it was read last, reading it now, connecting and disconnecting.

const NAMES = { icalendar: "Calendar by its address", todoist: "Todoist", "google-calendar": "Google Calendar", github: "GitHub notifications" };
const WHAT = { todoist: "tasks", github: "notifications" };
const FIELDS = {
  address: { label: "Secret address of the calendar (iCal)", type: "url", placeholder: "https://…" },
  token: { label: "Classic token with the scope “notifications”", type: "password", placeholder: "ghp_…" },
};
const SHOWN = 50; // items of a connection, the first
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const [list, offers, said, dialog] = ["#connections", "#offers", "[role=status]", "dialog"].map(each => document.querySelector(each));
const opened = new Set(); // ids of connections whose items are shown

// An element with properties and children; texts are texts, whoever wrote them.
function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function say(text, failed = false) {
  said.textContent = text;
  said.classList.toggle("bad", failed);
}

function sayFailed(error) {
  say(error.message, true);
  if (error.status === 401) said.append(" ", make("a", { href: "/auth/sign-in", textContent: "Sign in" }));
}

async function asked(path, method = "GET", body = undefined) {
  const sent = { method, headers: { "content-type": "application/json", "x-tipbench": "1" } };
  if (body !== undefined) sent.body = JSON.stringify(body);
  const answer = await fetch(`/v1/connections${path}`, sent).catch(() => {
    throw new Error("The server cannot be reached. Try again.");
  });
  const content = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  const text = content.message ?? "The server did not answer. Try again.";
  throw Object.assign(new Error(`${text[0].toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, ".")), { status: answer.status });
}

// Does the work of a button, which none can be pressed beside, and shows the connections as they are then.
async function does(work, meanwhile, done) {
  const buttons = [...document.querySelectorAll("main > div button")];
  for (const each of buttons) each.disabled = true;
  say(meanwhile);
  try {
    const text = await work();
    await show();
    say(typeof text === "string" ? text : done);
  } catch (error) {
    if (error.status === 404) await show().catch(() => undefined);
    for (const each of buttons) each.disabled = false;
    sayFailed(error);
  }
}

function moment(text) {
  const options = { dateStyle: "medium", timeStyle: "short" };
  return make("time", { dateTime: text, title: text, textContent: new Date(text).toLocaleString([], options) });
}

// A day is one of the connection's zone, wherever the browser is.
function when({ starts_at: from, all_day: day }, timeZone) {
  const at = new Date(from);
  return day ? at.toLocaleDateString([], { dateStyle: "medium", timeZone }) : at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

async function showItems({ id, time_zone: zone }, into) {
  const { total, items } = await asked(`/${id}/items?first=${SHOWN}`);
  const rows = items.map(each => make("li", {}, make("span", { className: "soft", textContent: `${when(each, zone)}: ` }), each.title || "(no title)"));
  into.replaceChildren(...(rows.length > 0 ? [make("ul", {}, ...rows)] : [make("p", { className: "soft", textContent: "Nothing that is not over." })]));
  if (total > items.length) into.append(make("p", { className: "soft", textContent: `and ${total - items.length} more` }));
}

function itemsOf(connection) {
  const into = make("div");
  const details = make("details", {}, make("summary", { textContent: "What was read" }), into);
  details.addEventListener("toggle", () => {
    if (!details.open) return void opened.delete(connection.id);
    opened.add(connection.id);
    showItems(connection, into).catch(sayFailed);
  });
  details.open = opened.has(connection.id);
  return details;
}

function lastSync({ last_sync: sync }) {
  if (sync === null) return make("p", { className: "soft", textContent: "Not read yet." });
  const left = Object.entries(sync.left_out).map(([reason, count]) => `${count} ${reason.replaceAll("-", " ")}`);
  const text = `: ${sync.says}${left.length > 0 ? ` (left out: ${left.join(", ")})` : ""}.`;
  const failed = sync.outcome === "failed";
  return make("p", { className: failed ? "bad" : "" }, failed ? "Not read at " : "Last read ", moment(sync.at), text);
}

function nextSync({ state, next_sync_at: next, provider }) {
  if (state === "reconnect") {
    return make("p", { className: "bad", textContent: `The app may not read these ${WHAT[provider] ?? "entries"} any more: connect again, or disconnect.` });
  }
  return next === null ? "" : make("p", { className: "soft" }, "Read again by itself from ", moment(next));
}

// Asks before anything is deleted; the button that keeps it is where the keyboard is.
function confirmed(connection) {
  const granted = { todoist: "The app gives back its access there.", "google-calendar": "The app gives back its access there." };
  document.querySelector("#asks").textContent = `Disconnect ${connection.host}?`;
  document.querySelector("#then").textContent =
    `Everything that was read of ${connection.host} is deleted here. ${granted[connection.provider] ?? ""}`;
  dialog.returnValue = "";
  dialog.showModal();
  document.querySelector("#no").focus();
  return new Promise(decided => dialog.addEventListener("close", () => decided(dialog.returnValue === "yes"), { once: true }));
}

function button(text, press, className = "") {
  const made = make("button", { type: "button", textContent: text, className });
  made.addEventListener("click", press);
  return made;
}

async function syncNow({ id }) {
  const { last_sync: sync } = await asked(`/${id}/sync`, "POST");
  return sync?.outcome === "failed" ? "It could not be read; why stands below." : "It was read.";
}

async function authorize(provider) {
  const { location: page } = await asked("/authorize", "POST", { provider, time_zone: ZONE });
  location.assign(page);
  return "The provider's page is being opened …";
}

function shownConnection(connection, by) {
  const { id, provider, host, state } = connection;
  const row = make("div", { className: "row" });
  row.append(button("Read now", () => does(() => syncNow(connection), "Reading …")));
  if (state === "reconnect" && by.get(provider) === "oauth") {
    row.append(button("Connect again", () => does(() => authorize(provider), "Opening the provider's page …"), "main"));
  }
  row.append(button("Disconnect", async () => {
    if (!(await confirmed(connection))) return;
    opened.delete(id);
    await does(() => asked(`/${id}`, "DELETE"), "Disconnecting …", "It is disconnected, and what was read of it is deleted.");
  }));
  const title = make("h3", { textContent: NAMES[provider] ?? provider });
  const section = make("section", {}, title, make("p", { className: "soft", textContent: `${host}, connected ` }));
  section.lastChild.append(moment(connection.connected_at));
  section.append(lastSync(connection), nextSync(connection), itemsOf(connection), row);
  for (const each of row.children) each.setAttribute("aria-label", `${each.textContent}: ${NAMES[provider] ?? provider}, ${host}`);
  return section;
}

function offered({ provider, by }) {
  const name = NAMES[provider] ?? provider;
  const section = make("section", {}, make("h3", { textContent: name }));
  if (by === "oauth") {
    const text = `Connect ${name}`;
    section.append(make("div", { className: "row" }, button(text, () => does(() => authorize(provider), "Opening the provider's page …"), "main")));
    return section;
  }
  const { label, type, placeholder } = FIELDS[by];
  const field = make("input", { type, placeholder, required: true, autocomplete: "off", spellcheck: false });
  const form = make("form", { className: "row" }, make("label", {}, label, field));
  form.append(make("button", { type: "submit", textContent: "Connect", className: "main" }));
  form.lastChild.setAttribute("aria-label", `Connect: ${name}`);
  form.addEventListener("submit", event => {
    event.preventDefault();
    const given = { provider, [by]: field.value.trim(), time_zone: ZONE };
    does(() => asked("", "POST", given), "Connecting and reading …", "It is connected, and was read.");
  });
  section.append(form);
  return section;
}

async function show() {
  const { connections, providers } = await asked("");
  const by = new Map(providers.map(each => [each.provider, each.by]));
  const none = make("p", { className: "soft", textContent: "Nothing is connected." });
  list.replaceChildren(...(connections.length > 0 ? connections.map(each => shownConnection(each, by)) : [none]));
  const connected = new Set(connections.map(each => each.provider));
  const open = providers.filter(each => each.by !== "oauth" || !connected.has(each.provider));
  offers.replaceChildren(make("h2", { textContent: "Connect" }), ...open.map(offered));
}

for (const answer of ["yes", "no"]) document.querySelector(`#${answer}`).addEventListener("click", () => dialog.close(answer));
show().then(() => say(""), sayFailed);
