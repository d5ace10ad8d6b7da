/** The one client of the API: the session cookie with the header that only our own pages send, and one websocket. */

import { cacheExchange, createClient, fetchExchange, mapExchange, type Client, type CombinedError, type Operation } from "urql";
import { createClient as createSocket, type Client as Socket } from "graphql-ws";

import { fetchOnce } from "./ahead";
import { heard } from "./clock";
import { secondsToWait } from "./limited";
import { isAway, retrying, retryingExchange } from "./retrying";
import { session, type State } from "./session";

/** One answer and no stream of them: mutations are answered once, and what is followed comes by the socket. */
export const HEADERS = { "X-Tipbench": "1", Accept: "application/json" };

/** The socket is opened by the first subscription; who follows something opens it again, by cursor. */
export const socket: Socket = createSocket({
  url: `${location.origin.replace(/^http/, "ws")}/graphql`,
  lazyCloseTimeout: 5_000,
  retryAttempts: 0,
});

async function fetched(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetchOnce(input, init);
  heard(answer.headers.get("date"), Date.now());
  return answer;
}

/**
 * What is shown and could not be read is read again by itself: once one has signed in again, the network is back, after
 * a while where the server did not answer, or when the time has come that it named to who asked too much at once.
 */
export function makeClient(): Client {
  const unread = new Map<number, Operation>();
  const client = createClient({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: { credentials: "same-origin", headers: HEADERS },
    fetch: fetched,
    exchanges: [
      cacheExchange,
      mapExchange({
        onResult(result) {
          const { operation, error } = result;
          const state = stateAfter(error);
          if (operation.kind === "query" && error && !isAway(error) && (state !== "open" || error.networkError)) unread.set(operation.key, operation);
          else unread.delete(operation.key);
          const wait = secondsToWait(error);
          if (operation.kind === "query" && wait !== null) setTimeout(() => again(operation), wait * 1000);
          session.set(state);
        },
      }),
      retryingExchange(retrying, (operation) => again(operation)),
      fetchExchange,
    ],
  });
  const again = ({ kind, ...operation }: Operation) => {
    client.reexecuteOperation(client.createRequestOperation("query", operation, { ...operation.context, requestPolicy: "network-only" }));
  };
  const readAgain = () => {
    const operations = [...unread.values()];
    unread.clear();
    operations.forEach(again);
    retrying.now();
  };
  session.subscribe(() => session.get() === "open" && readAgain());
  addEventListener("online", readAgain);
  return client;
}

/** What an answer says of the session; an error that says nothing of it leaves it as it was. */
function stateAfter(error: CombinedError | undefined): State {
  if (!error) return "open";
  const codes = error.graphQLErrors.map((each) => each.extensions["code"]);
  if ((error.response as Response | undefined)?.status === 401 || codes.includes("UNAUTHENTICATED")) return "ended";
  return codes.includes("FORBIDDEN") ? "demoted" : session.get();
}

/** One sentence for a person: the server's own words where it answered, else that it did not. */
export function sentence(error: CombinedError): string {
  const said = error.graphQLErrors[0];
  if (said) return said.message;
  const status = (error.response as Response | undefined)?.status;
  if (status === 429) return "The server has had many requests from you in a short while: try again in a minute.";
  if (status !== undefined && status >= 400) return `The server answered ${status}: try again, or look at its log.`;
  return "The server does not answer: check that “tipbench up” runs. What you see may be old; nothing typed is lost.";
}
