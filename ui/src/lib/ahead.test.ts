import { cacheExchange, createClient, fetchExchange, gql } from "@urql/core";
import { afterEach, describe, expect, it, vi } from "vitest";

import { fetchOnce, sendAhead } from "./ahead";

const QUERY = gql<{ one: { two: number } }, { name: string }>("query A($name: String!) { one(name: $name) { two } }");

afterEach(() => void vi.unstubAllGlobals());

/** A client whose requests are counted; each is answered with the number that it has. */
function counted() {
  const bodies: string[] = [];
  vi.stubGlobal("fetch", async (_: unknown, init: RequestInit) => {
    bodies.push(String(init.body));
    return new Response(JSON.stringify({ data: { one: { __typename: "One", two: bodies.length } } }), { headers: { "content-type": "application/json" } });
  });
  const client = createClient({ url: "http://here/graphql", preferGetMethod: false, exchanges: [cacheExchange, fetchExchange], fetch: fetchOnce });
  return { client, bodies };
}

describe("a query that is sent ahead", () => {
  it("answers the page's own request, and only the first", async () => {
    const { client, bodies } = counted();
    sendAhead(client, QUERY, { name: "a" });
    expect(bodies).toHaveLength(1);
    const first = await client.query(QUERY, { name: "a" }, { requestPolicy: "network-only" });
    expect([first.data?.one.two, bodies.length]).toEqual([1, 1]);
    const second = await client.query(QUERY, { name: "a" }, { requestPolicy: "network-only" });
    expect([second.data?.one.two, bodies.length]).toEqual([2, 2]);
  });

  it("answers nothing with other variables", async () => {
    const { client, bodies } = counted();
    sendAhead(client, QUERY, { name: "a" });
    const other = await client.query(QUERY, { name: "b" });
    expect([other.data?.one.two, bodies.length]).toEqual([2, 2]);
  });
});
