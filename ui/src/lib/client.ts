/** The one client of the API: the session cookie with the header that only our own pages send, and one websocket. */

import { cacheExchange, createClient, fetchExchange, mapExchange, type Client, type CombinedError } from "urql";
import { createClient as createSocket, type Client as Socket } from "graphql-ws";

import { session } from "./session";

/** One answer and no stream of them: mutations are answered once, and what is followed comes by the socket. */
export const HEADERS = { "X-Tipbench": "1", Accept: "application/json" };

/** The socket is opened by the first subscription; who follows something opens it again, by cursor. */
export const socket: Socket = createSocket({
  url: `${location.origin.replace(/^http/, "ws")}/graphql`,
  lazyCloseTimeout: 5_000,
  retryAttempts: 0,
});

export function makeClient(): Client {
  return createClient({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: { credentials: "same-origin", headers: HEADERS },
    exchanges: [
      cacheExchange,
      mapExchange({
        onResult: (result) => session.set(isSignedOut(result.error) ? "ended" : result.error ? session.get() : "open"),
      }),
      fetchExchange,
    ],
  });
}

function isSignedOut(error: CombinedError | undefined): boolean {
  if (!error) return false;
  if (error.response && (error.response as Response).status === 401) return true;
  return error.graphQLErrors.some((each) => each.extensions["code"] === "UNAUTHENTICATED");
}

/** One sentence for a person: the server's own words where it answered, else that it did not. */
export function sentence(error: CombinedError): string {
  const said = error.graphQLErrors[0];
  if (said) return said.message;
  const status = (error.response as Response | undefined)?.status;
  if (status === 429) return "The server has had many requests from you in a short while: try again in a minute.";
  if (status !== undefined && status >= 400) return `The server answered ${status}: try again, or look at its log.`;
  return "The server does not answer: check that `tipbench up` runs. What you see may be old; nothing typed is lost.";
}
