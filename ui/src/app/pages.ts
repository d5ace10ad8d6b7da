/** The pages of the panel as chunks, and what the first of them needs, begun before anything is drawn. */

import type { Client } from "urql";

import { BoardDocument, ExperimentsDocument, LiveDocument, TipListDocument } from "../gql/graphql";
import { sendAhead } from "../lib/ahead";
import { firstPage } from "../pages/experiments/listing";
import { boardVariables } from "../pages/leaderboard/address";
import { firstTips } from "../pages/tips/choice";

export const CHUNKS = {
  launch: () => import("../pages/launch/LaunchPage"),
  rounds: () => import("../pages/rounds/RoundsPage"),
  live: () => import("../pages/live/LivePage"),
  leaderboard: () => import("../pages/leaderboard/LeaderboardPage"),
  tips: () => import("../pages/tips/TipsPage"),
  catalog: () => import("../pages/catalog/CatalogPage"),
  admin: () => import("../pages/admin/AdminPage"),
};

/** Loads the chunk of an address and asks what its page will ask; other addresses ask for themselves. */
export function begin(client: Client, path: string, search: URLSearchParams): void {
  const [, noun = "", name = "", page = "live"] = path.split("/");
  if (noun === "") return sendAhead(client, ExperimentsDocument, firstPage(Object.fromEntries(search)));
  if (noun !== "experiments") {
    if (noun in CHUNKS) void CHUNKS[noun as keyof typeof CHUNKS]().catch(ignored);
    return undefined;
  }
  if (!name || !["live", "leaderboard", "tips"].includes(page)) return undefined;
  void CHUNKS[page as "live" | "leaderboard" | "tips"]().catch(ignored);
  if (page === "live") sendAhead(client, LiveDocument, { name });
  else if (page === "leaderboard" && !search.get("judges")) sendAhead(client, BoardDocument, boardVariables(name, search));
  else if (page === "tips" && !search.get("scenario")) sendAhead(client, TipListDocument, firstTips(name, search));
  return undefined;
}

/** React says it when it wants the chunk itself. */
function ignored(): void {}
