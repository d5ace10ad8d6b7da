/** What lies in the browser's database: what waits to be sent, and where a judge was. No tip and no situation. */

import type { Change, Draft } from "./model";
import type { QueueStore, Waiting } from "./queue";

const NAME = "tipbench-judging";

/** Where a judge was in a round. */
export interface Place {
  at: number | null;
  drafts: Record<string, Draft>;
  skipped: string[];
  times: number[];
}

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
  settings(): Promise<Record<string, unknown>>;
  setSettings(settings: Record<string, unknown>): Promise<void>;
  /** Whether a closed tab loses nothing. */
  lasting: boolean;
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

function inDatabase(database: IDBDatabase, owner: string): Stored {
  const waiting = (mode: IDBTransactionMode) => database.transaction("waiting", mode).objectStore("waiting");
  const values = (mode: IDBTransactionMode) => database.transaction("kept", mode).objectStore("kept");
  const read = async <T>(key: string): Promise<T | null> => ((await done(values("readonly").get(key))) as T | undefined) ?? null;
  const write = async (key: string, value: unknown): Promise<void> => void (await done(values("readwrite").put(value, key)));
  return {
    queue: {
      async all() {
        const rows = (await done(waiting("readonly").index("owner").getAll(owner))) as (Waiting & { owner: string })[];
        return rows.sort((a, b) => a.id - b.id).map(({ id, change }) => ({ id, change }));
      },
      add: async (change) => void (await done(waiting("readwrite").add({ owner, change }))),
      remove: async (id) => void (await done(waiting("readwrite").delete(id))),
    },
    place: () => read<Place>(`place ${owner}`),
    setPlace: (place) => write(`place ${owner}`, place),
    refused: async () => (await read<Refused[]>(`refused ${owner}`)) ?? [],
    addRefused: async (refused) => write(`refused ${owner}`, [...((await read<Refused[]>(`refused ${owner}`)) ?? []), refused]),
    settings: async () => (await read<Record<string, unknown>>("settings")) ?? {},
    setSettings: (settings) => write("settings", settings),
    lasting: true,
  };
}

export function inMemory(): Stored {
  let last = 0;
  let rows: Waiting[] = [];
  const refused: Refused[] = [];
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
    settings: async () => settings,
    setSettings: async (next) => void (settings = next),
    lasting: false,
  };
}
