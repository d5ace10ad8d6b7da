/** What lies in the browser's database: what waits to be sent, and where a judge was. No tip and no situation. */

import type { Change } from "./model";
import { merged, type Place } from "./place";
import type { QueueStore, Waiting } from "./queue";

const NAME = "tipbench-judging";

export interface Refused {
  change: Change;
  message: string;
}

export interface Stored {
  queue: QueueStore;
  place(): Promise<Place | null>;
  setPlace(place: Place): Promise<void>;
  refused(): Promise<Refused[]>;
  addRefused(refused: Refused): Promise<void>;
  removeRefused(refused: readonly Refused[]): Promise<void>;
  settings(): Promise<Record<string, unknown>>;
  setSettings(settings: Record<string, unknown>): Promise<void>;
  /** Whether a closed tab loses nothing. */
  lasting: boolean;
}

/** What a refused answer is known by. */
export function nameOf(refused: Refused): string {
  return JSON.stringify(refused);
}

function without(all: readonly Refused[], those: readonly Refused[]): Refused[] {
  const names = new Set(those.map(nameOf));
  return all.filter((each) => !names.has(nameOf(each)));
}

/** The storage of one judge in one round; in memory where the browser has none. */
export async function openStored(judge: string, round: string): Promise<Stored> {
  try {
    return inDatabase(await opened(), `${judge} ${round}`);
  } catch {
    return inMemory();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const waiting = request.result.createObjectStore("waiting", { keyPath: "id", autoIncrement: true });
      waiting.createIndex("owner", "owner");
      request.result.createObjectStore("kept");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
    request.onblocked = () => reject(new Error("the database is blocked"));
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database failed"));
  });
}

/** Writes at once: a tab that is closed or reloaded right after takes nothing back. */
function committed(store: IDBObjectStore, write: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const { transaction } = store;
    const failed = () => reject(transaction.error ?? new Error("the database failed"));
    transaction.oncomplete = () => resolve();
    transaction.onerror = failed;
    transaction.onabort = failed;
    write(store);
    transaction.commit();
  });
}

function inDatabase(database: IDBDatabase, owner: string): Stored {
  const waiting = (mode: IDBTransactionMode) => database.transaction("waiting", mode).objectStore("waiting");
  /** What the database would not take: a full disk, or a browser that has closed it. */
  let spare: Waiting[] = [];
  let last = 0;
  const values = (mode: IDBTransactionMode) => database.transaction("kept", mode).objectStore("kept");
  const read = async <T>(key: string): Promise<T | null> => ((await done(values("readonly").get(key))) as T | undefined) ?? null;
  /** Reads and writes in one transaction, so that another tab's change is not lost in between. */
  const change = <T>(key: string, next: (before: T | null) => T): Promise<void> => {
    const store = values("readwrite");
    return new Promise((resolve, reject) => {
      const { transaction } = store;
      const failed = () => reject(transaction.error ?? new Error("the database failed"));
      transaction.oncomplete = () => resolve();
      transaction.onerror = failed;
      transaction.onabort = failed;
      const request = store.get(key) as IDBRequest<T | undefined>;
      request.onsuccess = () => {
        store.put(next(request.result ?? null), key);
        transaction.commit();
      };
    });
  };
  let known: Place | null = null;
  const write = async (key: string, value: unknown): Promise<void> => void (await committed(values("readwrite"), (store) => store.put(value, key)));
  return {
    queue: {
      async all() {
        let rows: (Waiting & { owner: string })[] = [];
        try {
          rows = await done(waiting("readonly").index("owner").getAll(owner));
        } catch {
          // What lies there is sent when the page is opened again.
        }
        return [...rows.sort((a, b) => a.id - b.id).map(({ id, change }) => ({ id, change })), ...spare];
      },
      async add(change) {
        try {
          await committed(waiting("readwrite"), (store) => store.add({ owner, change }));
        } catch {
          spare = [...spare, { id: --last, change }];
        }
      },
      async remove(id) {
        if (id < 0) spare = spare.filter((row) => row.id !== id);
        else await done(waiting("readwrite").delete(id));
      },
    },
    place: async () => (known = await read<Place>(`place ${owner}`)),
    setPlace: (place) => {
      const before = known;
      known = place;
      return change<Place>(`place ${owner}`, (there) => merged(there, before, place));
    },
    refused: async () => (await read<Refused[]>(`refused ${owner}`)) ?? [],
    addRefused: (refused) => change<Refused[]>(`refused ${owner}`, (there) => [...(there ?? []), refused]),
    removeRefused: (those) => change<Refused[]>(`refused ${owner}`, (there) => without(there ?? [], those)),
    settings: async () => (await read<Record<string, unknown>>("settings")) ?? {},
    setSettings: (settings) => write("settings", settings),
    get lasting() {
      return spare.length === 0;
    },
  };
}

export function inMemory(): Stored {
  let last = 0;
  let rows: Waiting[] = [];
  let refused: Refused[] = [];
  let place: Place | null = null;
  let settings: Record<string, unknown> = {};
  return {
    queue: {
      all: async () => [...rows],
      add: async (change) => void rows.push({ id: ++last, change }),
      remove: async (id) => void (rows = rows.filter((row) => row.id !== id)),
    },
    place: async () => place,
    setPlace: async (next) => void (place = next),
    refused: async () => [...refused],
    addRefused: async (each) => void refused.push(each),
    removeRefused: async (those) => void (refused = without(refused, those)),
    settings: async () => settings,
    setSettings: async (next) => void (settings = next),
    lasting: false,
  };
}
