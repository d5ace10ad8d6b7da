/** The API as judging needs it, by fetch alone. */

import { FlagDocument, SubmitDocument, TakeBackDocument, type TypedDocumentString } from "./gql/graphql";
import type { Change } from "./model";
import type { Outcome } from "./queue";

/** The server said no, or nothing. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export async function ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
  let response: Response;
  try {
    response = await fetch("/graphql", {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      keepalive: true,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Tipbench": "1" },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
  } catch {
    throw new ApiError("The server cannot be reached.", "UNREACHABLE");
  }
  if (response.status === 401) throw new ApiError("Your session has ended.", "UNAUTHENTICATED");
  let body: { data?: Result | null; errors?: { message: string; extensions?: { code?: string } }[] };
  try {
    body = (await response.json()) as typeof body;
  } catch {
    throw new ApiError(`The server answered ${response.status}.`, response.status === 429 ? "RATE_LIMITED" : "UNREACHABLE");
  }
  const [error] = body.errors ?? [];
  if (error) throw new ApiError(error.message, error.extensions?.code ?? "INTERNAL");
  if (!body.data) throw new ApiError(`The server answered ${response.status}.`, response.status === 429 ? "RATE_LIMITED" : "UNREACHABLE");
  return body.data;
}

const LATER = new Set(["UNREACHABLE", "RATE_LIMITED", "UNAVAILABLE", "IN_PROGRESS", "INTERNAL", "INCOMPLETE", "BUSY"]);

/** Sends a change and says what became of it; it never throws. */
export async function sent(round: string, change: Change): Promise<Outcome> {
  try {
    const result = await request(round, change);
    if (!("code" in result)) return { kind: "done" };
    // An answer that is not there any more, or was given again since, is as good as taken back.
    if (change.kind === "takeBack" && result.code === "CONFLICT" && result.path.includes("item")) return { kind: "done" };
    // Somebody else is signed in by now: what was typed waits for its judge.
    if (["NOT_FOUND", "FORBIDDEN"].includes(result.code) && result.path.includes("round")) return { kind: "signedOut" };
    if (LATER.has(result.code)) return { kind: "later", message: result.message };
    return { kind: "refused", message: result.message, closed: result.code === "CONFLICT" && result.path.includes("round") };
  } catch (error) {
    if (!(error instanceof ApiError)) return { kind: "later", message: String(error) };
    if (error.code === "UNAUTHENTICATED" || error.code === "FORBIDDEN") return { kind: "signedOut" };
    return LATER.has(error.code) ? { kind: "later", message: error.message } : { kind: "refused", message: error.message, closed: false };
  }
}

type Answered = { __typename: string; code: string; message: string; path: string[] } | { __typename: string; item: string };

async function request(round: string, change: Change): Promise<Answered> {
  if (change.kind === "takeBack") {
    return (await ask(TakeBackDocument, { round, item: change.item, key: change.key })).undoScores;
  }
  if (change.kind === "flag") return (await ask(FlagDocument, { round, item: change.item, reason: change.reason })).flagItem;
  const { scores, unscorable, comment } = change.given;
  const values = scores && Object.entries(scores).map(([criterion, value]) => ({ criterion, value }));
  const answer = { item: change.item, key: change.key, scores: values, unscorable, comment };
  return (await ask(SubmitDocument, { round, answer })).submitScores;
}
