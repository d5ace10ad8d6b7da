import { GraphQLError } from "graphql";
import { expect, test } from "vitest";

import { secondsToWait } from "./limited";

const refused = (extensions: Record<string, unknown>) => ({ graphQLErrors: [new GraphQLError("No.", { extensions })] });

test("who asked too much is read again after the time that the server names, a minute at most", () => {
  expect(secondsToWait(refused({ code: "RATE_LIMITED", retryAfter: 7 }))).toBe(7);
  expect(secondsToWait(refused({ code: "RATE_LIMITED", retryAfter: 900 }))).toBe(60);
  expect(secondsToWait(refused({ code: "RATE_LIMITED" }))).toBe(1);
});

test("other answers are not waited for", () => {
  expect(secondsToWait(refused({ code: "NOT_FOUND" }))).toBeNull();
  expect(secondsToWait(undefined)).toBeNull();
});
