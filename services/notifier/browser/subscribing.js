// How a browser subscribes, for the page and for the service worker: both are served with this before their own text.

async function asked(path, method = "GET", body = undefined, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: { "content-type": "application/json", "x-tipbench": "1", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(said.message ?? "The server did not answer. Try again."), { status: answer.status });
}

// The key of a subscription as the server writes it, in base64url.
function keyOf(subscription) {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// Subscribes with the server's newest key, anew where that is another one, and returns what the server calls this browser.
async function subscribe(registration) {
  const { key } = await (await asked("/v1/push/key")).json();
  const made = await registration.pushManager.getSubscription();
  if (made !== null && keyOf(made) !== key) await made.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return announce(subscription, key);
}

async function announce(subscription, key) {
  const given = { ...subscription.toJSON(), server_key: key };
  return (await asked("/v1/push/subscriptions", "POST", given)).json();
}
