/** What a key press or a click does to the page: pure, so that every rule of judging has a test without a browser. */

import { isAsked, sameGiven, type Change, type Criterion, type Draft, type Given, type Item } from "./model";

export interface State {
  criteria: readonly Criterion[];
  total: number;
  /** What was loaded, by place. */
  items: ReadonlyMap<number, Item>;
  /** Answers in force, by item, with what was given here. */
  answers: ReadonlyMap<string, Given | null>;
  drafts: Readonly<Record<string, Draft>>;
  /** What was flagged here, or is flagged no more, by item. */
  flags: ReadonlyMap<string, string | null>;
  /** The place that is shown; null when nothing is left to show. */
  at: number | null;
  /** The criterion that a number key answers. */
  focus: number;
  skipped: readonly string[];
  /** Places that were shown before this one. */
  visited: readonly number[];
  /** What was answered here and can be undone, the last one last. */
  done: readonly { place: number; item: string; key: string; before: Given | null }[];
  /** Whether every item without an answer is loaded. */
  whole: boolean;
  /** Whether the last value of an item goes to the next one by itself. */
  auto: boolean;
  /** What to say of the last act. */
  notice: string | null;
}

export type Action =
  | { type: "loaded"; items: readonly Item[]; whole?: boolean }
  | { type: "level"; value: number; key: string; criterion?: number }
  | { type: "clear"; criterion: number }
  | { type: "focus"; criterion: number }
  | { type: "step"; by: 1 | -1 }
  | { type: "comment"; text: string }
  | { type: "next"; key: string }
  | { type: "unscorable"; reason: string; key: string }
  | { type: "flag"; reason: string | null; stay: boolean; key: string }
  | { type: "skip"; key: string }
  | { type: "back"; key: string }
  /** Shows where the judge was when the page was opened again; gives no answer. */
  | { type: "goTo"; place: number }
  | { type: "undo" }
  | { type: "auto"; on: boolean }
  | { type: "refused"; item: string; message: string }
  | { type: "elsewhere"; item: string; given: Given | null };

export interface Step {
  state: State;
  changes: readonly Change[];
}

const MOST_VISITED = 500;

export function begin(criteria: readonly Criterion[], total: number, stored: Partial<State> = {}): State {
  return {
    criteria,
    total,
    items: new Map(),
    answers: new Map(),
    drafts: {},
    flags: new Map(),
    at: null,
    focus: 0,
    skipped: [],
    visited: [],
    done: [],
    whole: false,
    auto: true,
    notice: null,
    ...stored,
  };
}

/** The item that is shown; null while it is being loaded, and when nothing is left. */
export function current(state: State): Item | null {
  return state.at === null ? null : (state.items.get(state.at) ?? null);
}

export function answerOf(state: State, item: Item): Given | null {
  return state.answers.has(item.item) ? (state.answers.get(item.item) ?? null) : item.answer;
}

/** What the fields of an item show: what was typed, else its answer. */
export function draftOf(state: State, item: Item): Draft {
  const answer = answerOf(state, item);
  return state.drafts[item.item] ?? { scores: answer?.scores ?? {}, comment: answer?.comment ?? "" };
}

export function flagOf(state: State, item: Item): string | null {
  return state.flags.has(item.item) ? (state.flags.get(item.item) ?? null) : item.flag;
}

export function openCriteria(state: State, item: Item, draft: Draft): Criterion[] {
  return state.criteria.filter((criterion) => isAsked(criterion, item) && draft.scores[criterion.name] === undefined);
}

/** The first item without an answer that was not skipped, after a place and then from the start; else the first skipped. */
export function nextOpen(state: State, after: number): number | null {
  const open = [...state.items.values()].filter((item) => answerOf(state, item) === null).sort((a, b) => a.place - b.place);
  const left = open.filter((item) => !state.skipped.includes(item.item));
  const found = left.find((item) => item.place > after) ?? (state.whole ? left[0] : undefined);
  if (found) return found.place;
  if (!state.whole) return null;
  return (open.find((item) => item.place > after) ?? open[0])?.place ?? null;
}

/** How many of the round are without an answer as far as is known here. */
export function answeredOf(state: State, before: number): number {
  let count = before;
  for (const item of state.items.values()) {
    if (!state.answers.has(item.item)) continue;
    count += Number(state.answers.get(item.item) !== null) - Number(item.answer !== null);
  }
  return count;
}

export function step(state: State, action: Action): Step {
  const item = current(state);
  const quiet = state.notice === null ? state : { ...state, notice: null };
  switch (action.type) {
    case "loaded":
      return { state: loaded(state, action.items, action.whole), changes: [] };
    case "level":
      return item ? levelled(quiet, item, action.value, action.criterion ?? state.focus, action.key) : same(state);
    case "clear":
      return item ? same(cleared(quiet, item, action.criterion)) : same(state);
    case "focus":
      return same({ ...state, focus: within(action.criterion, state.criteria.length) });
    case "step":
      return item ? same({ ...state, focus: stepped(state, item, state.focus, action.by) }) : same(state);
    case "comment":
      return item ? same(drafted(quiet, item, { ...draftOf(state, item), comment: action.text })) : same(state);
    case "next":
      return item ? went(quiet, item, action.key) : same(moved(quiet, nextOpen(quiet, 0)));
    case "unscorable":
      return item ? refusedToScore(quiet, item, action.reason, action.key) : same(state);
    case "flag":
      return item ? flagged(quiet, item, action.reason, action.stay, action.key) : same(state);
    case "skip":
      return item ? skipped(quiet, item, action.key) : same(state);
    case "back":
      return wentBack(quiet, action.key);
    case "goTo":
      return same(moved(quiet, within(action.place - 1, state.total) + 1));
    case "undo":
      return undone(quiet);
    case "auto":
      return same({ ...state, auto: action.on });
    case "refused":
      return same(refused(state, action.item, action.message));
    case "elsewhere":
      return same(answeredElsewhere(state, action.item, action.given));
  }
}

const same = (state: State): Step => ({ state, changes: [] });
const within = (index: number, length: number): number => (length === 0 ? 0 : Math.min(Math.max(index, 0), length - 1));

function loaded(state: State, items: readonly Item[], whole: boolean | undefined): State {
  const all = new Map(state.items);
  for (const item of items) all.set(item.place, item);
  const next = { ...state, items: all, whole: whole ?? state.whole };
  return next.at === null ? { ...moved(next, nextOpen(next, 0)), visited: state.visited } : next;
}

/** Shows a place, with the first criterion without a value in focus. */
function moved(state: State, place: number | null): State {
  const visited = state.at === null || state.at === place ? state.visited : [...state.visited, state.at].slice(-MOST_VISITED);
  const next = { ...state, at: place, visited };
  const item = current(next);
  return { ...next, focus: item ? firstOpen(next, item, draftOf(next, item)) : 0 };
}

/** The first criterion without a value, from a place on and then from the start; else the last that is asked before it. */
function firstOpen(state: State, item: Item, draft: Draft, from = 0): number {
  const open = openCriteria(state, item, draft).map((criterion) => state.criteria.indexOf(criterion));
  const all = asked(state, item);
  return open.find((index) => index >= from) ?? open[0] ?? all.filter((index) => index <= from).at(-1) ?? all[0] ?? 0;
}

/** The places of the criteria that an item is judged by. */
function asked(state: State, item: Item): number[] {
  return state.criteria.flatMap((criterion, index) => (isAsked(criterion, item) ? [index] : []));
}

/** The next criterion before or after one that the item is judged by; the same where there is none. */
function stepped(state: State, item: Item, from: number, by: 1 | -1): number {
  const all = asked(state, item);
  return (by > 0 ? all.find((index) => index > from) : all.filter((index) => index < from).at(-1)) ?? from;
}

function drafted(state: State, item: Item, draft: Draft): State {
  return { ...state, drafts: { ...state.drafts, [item.item]: draft } };
}

function levelled(state: State, item: Item, value: number, index: number, key: string): Step {
  const criterion = state.criteria[index];
  if (!criterion || !isAsked(criterion, item) || value < criterion.low || value > criterion.high) return same(state);
  if (criterion.yesNo && value !== 0 && value !== 1) return same(state);
  const before = draftOf(state, item);
  const draft = { ...before, scores: { ...before.scores, [criterion.name]: value } };
  const becameWhole = openCriteria(state, item, before).length > 0 && openCriteria(state, item, draft).length === 0;
  const next = { ...drafted(state, item, draft), focus: firstOpen(state, item, draft, Math.min(index + 1, state.criteria.length - 1)) };
  return becameWhole && state.auto ? went(next, item, key) : same(next);
}

function cleared(state: State, item: Item, index: number): State {
  const criterion = state.criteria[index];
  if (!criterion) return state;
  const draft = draftOf(state, item);
  const scores = Object.fromEntries(Object.entries(draft.scores).filter(([name]) => name !== criterion.name));
  return { ...drafted(state, item, { ...draft, scores }), focus: index };
}

function givenOf(draft: Draft): Given {
  return { scores: draft.scores, unscorable: null, comment: draft.comment.trim() || null };
}

/** Saves what is whole and says what is not; then the next item. */
function went(state: State, item: Item, key: string): Step {
  const draft = draftOf(state, item);
  const answer = answerOf(state, item);
  const untouched = state.drafts[item.item] === undefined;
  const open = openCriteria(state, item, draft);
  if (open.length > 0 && !(answer?.unscorable && untouched)) {
    const names = open.map((criterion) => criterion.name).join(", ");
    return same({ ...state, focus: firstOpen(state, item, draft), notice: `Without a value: ${names}. Score it, skip it, or say why it cannot be scored.` });
  }
  return leave(state, key, (left) => moved(left, nextOpen(left, item.place)));
}

/** Goes on by `go` once what was changed and is whole is saved; what is not whole stays as a draft. */
function leave(state: State, key: string, go: (left: State) => State): Step {
  const item = current(state);
  if (!item) return same(go(state));
  const draft = state.drafts[item.item];
  if (!draft || openCriteria(state, item, draft).length > 0) return same(go(state));
  const given = givenOf(draft);
  if (sameGiven(given, answerOf(state, item))) return same(go(withoutDraft(state, item.item)));
  const { state: saved, changes } = answered(state, item, given, key);
  return { state: go(saved), changes };
}

function answered(state: State, item: Item, given: Given, key: string): Step {
  const before = answerOf(state, item);
  const next = withoutDraft(
    {
      ...state,
      answers: new Map(state.answers).set(item.item, given),
      skipped: state.skipped.filter((each) => each !== item.item),
      done: [...state.done, { place: item.place, item: item.item, key, before }],
    },
    item.item,
  );
  return { state: next, changes: [{ kind: "answer", item: item.item, key, given }] };
}

function withoutDraft(state: State, item: string): State {
  return { ...state, drafts: Object.fromEntries(Object.entries(state.drafts).filter(([name]) => name !== item)) };
}

function refusedToScore(state: State, item: Item, reason: string, key: string): Step {
  if (!reason.trim()) return same({ ...state, notice: "Say why it cannot be scored." });
  const comment = draftOf(state, item).comment.trim() || null;
  const { state: next, changes } = answered(state, item, { scores: null, unscorable: reason.trim(), comment }, key);
  return { state: moved(next, nextOpen(next, item.place)), changes };
}

/** Tells the admins; it is no answer, and the item comes again after the others unless one stays and scores it. */
function flagged(state: State, item: Item, reason: string | null, stay: boolean, key: string): Step {
  if (reason !== null && !reason.trim()) return same({ ...state, notice: "Say what the admins should know." });
  const change: Change = { kind: "flag", item: item.item, reason: reason?.trim() ?? null };
  const told = { ...state, flags: new Map(state.flags).set(item.item, change.reason) };
  if (stay || reason === null) return { state: { ...told, notice: reason === null ? "No longer flagged." : "Flagged: you can score it all the same." }, changes: [change] };
  const { state: next, changes } = skipped(told, item, key);
  return { state: next, changes: [change, ...changes] };
}

function skipped(state: State, item: Item, key: string): Step {
  const marked = answerOf(state, item) || state.skipped.includes(item.item) ? state.skipped : [...state.skipped, item.item];
  return leave({ ...state, skipped: marked }, key, (left) => {
    const next = nextOpen(left, item.place);
    return next === item.place ? { ...left, notice: "This is the only item left." } : moved(left, next);
  });
}

function wentBack(state: State, key: string): Step {
  const last = state.visited.at(-1) ?? (state.at === null ? state.total : state.at - 1);
  if (last < 1) return same({ ...state, notice: "This is the first item." });
  return leave(state, key, (left) => ({ ...moved(left, last), visited: state.visited.slice(0, -1) }));
}

/** Takes the last answer given here back; its values stay in the fields, to be changed. */
function undone(state: State): Step {
  const last = state.done.at(-1);
  if (!last) return same({ ...state, notice: "Nothing was answered here that could be undone." });
  const taken = state.answers.get(last.item) ?? null;
  const answers = new Map(state.answers).set(last.item, last.before);
  const drafts = { ...state.drafts, [last.item]: { scores: taken?.scores ?? {}, comment: taken?.comment ?? "" } };
  const next = moved({ ...state, answers, drafts, done: state.done.slice(0, -1), notice: "Taken back." }, last.place);
  const visited = state.visited.slice(0, Math.max(0, state.visited.lastIndexOf(last.place)));
  return { state: { ...next, visited }, changes: [{ kind: "takeBack", item: last.item, key: last.key }] };
}

/** The server did not take it: the item is without an answer again, and what was typed is there. */
function refused(state: State, id: string, message: string): State {
  const given = state.answers.get(id);
  const answers = new Map(state.answers);
  answers.delete(id);
  const drafts = given?.scores && !state.drafts[id] ? { ...state.drafts, [id]: { scores: given.scores, comment: given.comment ?? "" } } : state.drafts;
  const next = { ...state, answers, drafts, done: state.done.filter((each) => each.item !== id), notice: `An answer was not taken: ${message}` };
  return next.at === null ? moved(next, nextOpen(next, 0)) : next;
}

/** Another tab of the same judge has answered; here the item is as it is there. */
function answeredElsewhere(state: State, id: string, given: Given | null): State {
  const known = [...state.items.values()].find((item) => item.item === id);
  if (!known) return state;
  const next = withoutDraft({ ...state, answers: new Map(state.answers).set(id, given), done: state.done.filter((each) => each.item !== id) }, id);
  if (state.at !== known.place || given === null) return next;
  return { ...moved(next, nextOpen(next, known.place)), notice: "This item was answered in another tab." };
}
