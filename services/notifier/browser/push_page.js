// The page that switches push messages on in this browser, switches them off, and has one sent as a test.

const [on, off, test] = ["on", "off", "test"].map(name => document.getElementById(name));
const said = document.querySelector("[role=status]");

function say(text) {
  said.textContent = text;
}

function sayFailed(error) {
  say(error.message);
  if (error.status !== 401) return;
  const link = Object.assign(document.createElement("a"), { href: "/auth/sign-in", textContent: "Sign in" });
  said.append(" ", link);
}

async function consent() {
  const { consents } = await (await asked("/v1/profile/consents")).json();
  return consents.find(each => each.purpose === "push");
}

// Switching on agrees to the text that the page shows, and chooses push among the channels.
async function agree() {
  const { given, version } = await consent();
  if (!given) await asked("/v1/profile/consents/push", "PUT", { given: true, version });
  const answer = await asked("/v1/profile");
  const { name, locale, preferences } = await answer.json();
  if (preferences.channels.includes("push")) return;
  const chosen = { ...preferences, channels: [...preferences.channels, "push"] };
  const condition = { "if-match": answer.headers.get("etag") };
  await asked("/v1/profile", "PUT", { name, locale, preferences: chosen }, condition);
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("This browser shows no notices of the app: allow them for this page in its settings.");
  }
  await agree();
  await navigator.serviceWorker.register("/v1/push/worker.js", { scope: "/v1/push" });
  await subscribe(await navigator.serviceWorker.ready);
  say("Push messages are on in this browser.");
}

async function switchOff() {
  const registration = await navigator.serviceWorker.getRegistration("/v1/push");
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    const { id } = await announce(subscription, keyOf(subscription));
    await asked(`/v1/push/subscriptions/${id}`, "DELETE");
    await subscription.unsubscribe();
  }
  say("Push messages are off in this browser.");
}

async function sendTest() {
  await asked("/v1/notices/test", "POST", { channel: "push" });
  say("A test is on its way.");
}

function does(button, work, meanwhile) {
  button.addEventListener("click", async () => {
    for (const each of [on, off, test]) each.disabled = true;
    say(meanwhile);
    await work().catch(sayFailed);
    for (const each of [on, off, test]) each.disabled = false;
  });
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    throw new Error("This browser takes no push messages.");
  }
  await asked("/v1/push/key");
  document.getElementById("consent").textContent = (await consent()).text;
  does(on, switchOn, "Switching on …");
  does(off, switchOff, "Switching off …");
  does(test, sendTest, "Sending …");
  for (const each of [on, off, test]) each.disabled = false;
  say("");
}

begin().catch(sayFailed);
