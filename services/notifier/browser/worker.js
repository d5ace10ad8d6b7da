// Shows push messages and follows those that are clicked. It answers no request of any page, and stores nothing but ids.

const MOST = 200; // ids that are remembered, the latest

const ended = request =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

// Calls `work` with the store of ids and returns what it gives; undefined where this browser stores nothing.
async function remembered(work) {
  try {
    const opening = indexedDB.open("tipbench-push", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("shown", { keyPath: "id" }).createIndex("at", "at");
    };
    const database = await ended(opening);
    try {
      return await work(database.transaction("shown", "readwrite").objectStore("shown"));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

async function remember(store, id) {
  await ended(store.put({ id, at: Date.now() }));
  const over = (await ended(store.count())) - MOST;
  if (over <= 0) return;
  for (const old of await ended(store.index("at").getAllKeys(null, over))) await ended(store.delete(old));
}

function messageIn(data) {
  try {
    const { id, title, text, path } = data.json();
    return typeof id === "string" && typeof title === "string" ? { id, title, text, path } : null;
  } catch {
    return null;
  }
}

// A second copy is dropped: one that comes while the first is being shown takes its place by the tag, silently.
async function show(data) {
  const message = messageIn(data);
  if (message === null || (await remembered(store => ended(store.get(message.id)))) !== undefined) return;
  const { id, title, text, path } = message;
  await registration.showNotification(title, { body: text, tag: id, data: { path } });
  await remembered(store => remember(store, id));
}

// The address of a notice: one of this origin, or the app's first page.
function ownAddress(path) {
  try {
    const found = new URL(path, location.origin);
    return found.origin === location.origin ? found.href : `${location.origin}/`;
  } catch {
    return `${location.origin}/`;
  }
}

async function open(address) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find(each => each.url === address);
  return there === undefined ? clients.openWindow(address) : there.focus();
}

// The notice is marked here, since the page that opens need not know of it. Without a session nothing is marked.
async function follow(notification) {
  notification.close();
  const marked = asked(`/v1/notices/${encodeURIComponent(notification.tag)}`, "PUT", { opened: true });
  await Promise.allSettled([open(ownAddress(notification.data?.path)), marked]);
}

addEventListener("push", event => event.waitUntil(show(event.data)));
addEventListener("notificationclick", event => event.waitUntil(follow(event.notification)));
addEventListener("pushsubscriptionchange", event => event.waitUntil(subscribe(registration).catch(() => undefined)));
addEventListener("install", () => skipWaiting());
