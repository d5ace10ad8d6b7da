/** One judge at work in one round: holds the state, stores every change before it is sent, and hears of other tabs. */

import { ApiError, ask, sent } from "./api";
import { ItemsDocument, type RoundQuery } from "./gql/graphql";
import type { Change, Given, Item } from "./model";
import { withAnswer } from "./pace";
import { drain } from "./queue";
import { begin, step, type Action, type State } from "./reducer";
import { nameOf, type Refused, type Stored } from "./stored";

export type Round = RoundQuery["judgeRound"];

/** What the page shows beside the item. */
export interface Status {
  waiting: number;
  /** Why nothing is sent just now; null while all is well. */
  stuck: string | null;
  signedOut: boolean;
  closed: boolean;
  loadingFailed: string | null;
  refused: readonly Refused[];
  times: readonly number[];
  paused: boolean;
}

export interface Snapshot {
  state: State;
  status: Status;
}

/** Items that are loaded ahead, and how few may be left before more are. */
const AHEAD = 30;
const FEW = 12;

export class JudgingSession {
  private snapshot: Snapshot;
  private readonly listeners = new Set<() => void>();
  private readonly others: BroadcastChannel | null;
  private draining = false;
  /** Changes that were made and do not lie in the queue yet: they wait too. */
  private storing = 0;
  private loading = new Set<string>();
  private awake: (() => void) | null = null;
  private shownAt = performance.now();
  private ended = false;

  private constructor(
    readonly round: Round,
    private readonly stored: Stored,
    state: State,
    times: readonly number[],
    refused: readonly Refused[],
  ) {
    const status = { waiting: 0, stuck: null, signedOut: false, closed: round.state === "closed", loadingFailed: null, refused, times, paused: false };
    this.snapshot = { state, status };
    this.others = "BroadcastChannel" in globalThis ? new BroadcastChannel(`tipbench-judging ${round.id}`) : null;
    if (this.others) this.others.onmessage = (event: MessageEvent<{ item: string; given: Given | null }>) => this.dispatch({ type: "elsewhere", ...event.data });
  }

  /** Opens what was kept of this round, and shows the item where the judge was. */
  static async open(round: Round, stored: Stored, auto = true): Promise<JudgingSession> {
    const [place, refused, waiting] = await Promise.all([stored.place(), stored.refused(), stored.queue.all()]);
    // What waits to be sent is in force here already, in whatever tab it was given.
    const answers = new Map<string, Given | null>();
    const flags = new Map<string, string | null>();
    for (const { change } of waiting) {
      if (change.kind === "flag") flags.set(change.item, change.reason);
      else answers.set(change.item, change.kind === "answer" ? change.given : null);
    }
    const state = begin(round.criteria, round.total, { auto, answers, flags, drafts: place?.drafts ?? {}, skipped: place?.skipped ?? [] });
    const session = new JudgingSession(round, stored, state, place?.times ?? [], refused);
    session.show(state, { waiting: waiting.length });
    await session.load(1, true);
    if (place?.at) {
      if (!session.snapshot.state.items.has(place.at)) await session.load(place.at, false);
      const known = session.snapshot.state.items.get(place.at);
      if (known && !answers.has(known.item) && known.answer === null) session.dispatch({ type: "goTo", place: place.at });
    }
    void session.drain();
    return session;
  }

  readonly get = (): Snapshot => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly dispatch = (action: Action): void => {
    const before = this.snapshot.state;
    const { state, changes } = step(before, action);
    if (state === before) return;
    const answeredHere = changes.some((change) => change.kind === "answer");
    const times = answeredHere ? withAnswer(this.snapshot.status.times, performance.now() - this.shownAt) : this.snapshot.status.times;
    if (state.at !== before.at) this.shownAt = performance.now();
    this.show(state, times === this.snapshot.status.times ? {} : { times });
    for (const change of changes) void this.send(change);
    this.keep();
    this.loadAhead();
  };

  pause(on: boolean): void {
    this.shownAt = performance.now();
    this.show(this.snapshot.state, { paused: on });
  }

  /** Tries again what failed: after signing in, on a connection that is back, on a tab that is seen again. */
  readonly again = (): void => {
    if (this.snapshot.status.signedOut) this.show(this.snapshot.state, { signedOut: false });
    this.awake?.();
    void this.drain();
    this.loadAhead();
  };

  /** Lets go of refused answers, of which the judge has a file. */
  readonly forget = (refused: readonly Refused[]): void => {
    const known = new Set(refused.map(nameOf));
    this.show(this.snapshot.state, { refused: this.snapshot.status.refused.filter((each) => !known.has(nameOf(each))) });
    this.stored.removeRefused(refused).catch(() => undefined); // they are shown again when the page is
  };

  close(): void {
    this.ended = true;
    this.others?.close();
  }

  private show(state: State, status: Partial<Status> = {}): void {
    this.snapshot = { state, status: { ...this.snapshot.status, ...status } };
    for (const listener of this.listeners) listener();
  }

  private keep(): void {
    const { state, status } = this.snapshot;
    const place = { at: state.at, drafts: { ...state.drafts }, skipped: [...state.skipped], times: [...status.times] };
    this.stored.setPlace(place).catch(() => undefined); // what is on the screen stays there
  }

  private async send(change: Change): Promise<void> {
    this.storing += 1;
    this.show(this.snapshot.state, { waiting: this.snapshot.status.waiting + 1 });
    await this.stored.queue.add(change);
    this.storing -= 1;
    if (change.kind !== "flag") this.others?.postMessage({ item: change.item, given: change.kind === "answer" ? change.given : null });
    await this.drain();
  }

  /** One tab of a judge sends at a time; another one's turn comes when this one is done or closed. */
  private async drain(): Promise<void> {
    if (this.draining || this.ended) return;
    this.draining = true;
    try {
      if ("locks" in navigator) await navigator.locks.request(`tipbench-judging ${this.round.id}`, () => this.sendAll());
      else await this.sendAll();
    } finally {
      this.draining = false;
    }
    const left = await this.stored.queue.all();
    if (left.length > 0 && !this.snapshot.status.signedOut) void this.drain();
  }

  private async sendAll(): Promise<void> {
    await drain(
      this.stored.queue,
      (change) => sent(this.round.id, change),
      {
        waiting: (queued, stuck) => this.show(this.snapshot.state, { waiting: queued + this.storing, stuck: stuck === "signed out" ? null : stuck }),
        signedOut: () => this.show(this.snapshot.state, { signedOut: true }),
        refused: (change, message, closed) => this.refuse({ change, message }, closed),
      },
      (ms) => this.sleep(ms),
    );
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async refuse(refused: Refused, closed: boolean): Promise<void> {
    await this.stored.addRefused(refused).catch(() => undefined); // the page offers it all the same
    this.show(this.snapshot.state, { refused: [...this.snapshot.status.refused, refused], closed: closed || this.snapshot.status.closed });
    if (!closed) this.dispatch({ type: "refused", item: refused.change.item, message: refused.message });
  }

  private loadAhead(): void {
    const { state, status } = this.snapshot;
    if (state.at !== null && !state.items.has(state.at)) void this.load(Math.max(1, state.at - FEW), false);
    if (state.whole || status.closed) return;
    const places = [...state.items.keys()];
    const last = Math.max(0, ...places);
    const ahead = places.filter((place) => place > (state.at ?? 0)).length;
    if (ahead < FEW) void this.load(last + 1, true);
  }

  private async load(place: number, open: boolean): Promise<void> {
    const name = `${place} ${open}`;
    if (this.loading.has(name)) return;
    this.loading.add(name);
    try {
      const { judgeRound } = await ask(ItemsDocument, { round: this.round.id, place, first: AHEAD, answered: open ? false : null });
      const { nodes, pageInfo } = judgeRound.items;
      this.show(this.snapshot.state, { loadingFailed: null });
      this.dispatch({ type: "loaded", items: nodes.map(itemOf), ...(open ? { whole: !pageInfo.hasNextPage } : {}) });
    } catch (error) {
      const signedOut = error instanceof ApiError && ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"].includes(error.code);
      this.show(this.snapshot.state, signedOut ? { signedOut } : { loadingFailed: error instanceof Error ? error.message : String(error) });
    } finally {
      this.loading.delete(name);
    }
  }
}

type Row = { item: string; place: number; scenario: unknown; tip: string; answer: { scores: { criterion: string; value: number }[]; unscorable: string | null; comment: string | null } | null; flag: string | null };

function itemOf(row: Row): Item {
  const { answer } = row;
  const scores = answer && answer.unscorable === null ? Object.fromEntries(answer.scores.map(({ criterion, value }) => [criterion, value])) : null;
  const scenario = typeof row.scenario === "object" && row.scenario !== null ? (row.scenario as Record<string, unknown>) : { text: row.scenario };
  return { item: row.item, place: row.place, tip: row.tip, flag: row.flag, scenario, answer: answer && { scores, unscorable: answer.unscorable, comment: answer.comment } };
}
