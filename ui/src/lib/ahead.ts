/** A query that is on its way before the page that wants it is drawn: the page's own request takes the answer, once. */

import { createRequest, formatDocument, type AnyVariables, type Client, type TypedDocumentNode } from "@urql/core";
import { makeFetchBody, makeFetchOptions, makeFetchURL } from "@urql/core/internal";

/** An answer that nobody took by then may be old. */
const LASTS_MS = 10_000;

const underWay = new Map<string, Promise<Response>>();

/** Sends a query as the client will send it; a failure is the page's to find. */
export function sendAhead<Data, Variables extends AnyVariables>(client: Client, query: TypedDocumentNode<Data, Variables>, variables: Variables): void {
  const request = createRequest(query, variables);
  const operation = client.createRequestOperation("query", { ...request, query: formatDocument(request.query) });
  const body = makeFetchBody(operation);
  const options = makeFetchOptions(operation, body);
  const key = options.body;
  if (typeof key !== "string" || underWay.has(key)) return;
  const answer = fetch(makeFetchURL(operation, body), options);
  answer.catch(() => underWay.delete(key));
  underWay.set(key, answer);
  setTimeout(() => underWay.delete(key), LASTS_MS);
}

/** `fetch`, or the answer to an equal request that was sent ahead. */
export const fetchOnce: typeof fetch = (input, init) => {
  const key = init?.body;
  const answer = typeof key === "string" ? underWay.get(key) : undefined;
  if (!answer) return fetch(input, init);
  underWay.delete(key as string);
  return answer;
};
