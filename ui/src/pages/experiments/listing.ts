/** What the address says of the list, and what the API is asked by it. */

import type { ExperimentFilter } from "../../gql/graphql";
import { PAGE_SIZE } from "../../lib/pageSize";

export interface Choice {
  search?: string;
  state?: string;
  order?: string;
  archived?: string;
}

export const STATES = [
  { value: "", label: "Any" },
  { value: "pinned", label: "Pinned" },
  { value: "collecting", label: "Collecting" },
  { value: "collected", label: "Collected" },
  { value: "exported", label: "Exported" },
  { value: "judged", label: "Judged" },
];

export const ORDERS = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "name", label: "By name" },
];

interface Arguments {
  where: ExperimentFilter;
  sort: "NAME" | "CREATED_AT";
  descending: boolean;
}

/** What is in an address and nowhere in the lists above counts as not there. */
export function listArguments(choice: Choice): Arguments {
  const state = STATES.some((each) => each.value === choice.state) ? choice.state : "";
  const order = ORDERS.find((each) => each.value === choice.order)?.value ?? "newest";
  return {
    where: { archived: choice.archived === "yes", state: state || null, search: choice.search?.trim() || null },
    sort: order === "name" ? "NAME" : "CREATED_AT",
    descending: order === "newest",
  };
}

/** What the first page of the list is asked for. */
export function firstPage(choice: Choice) {
  return { first: PAGE_SIZE, after: null, ...listArguments(choice) };
}

/** How many scenarios the demo takes: as many as the command's, or all of a catalog that has fewer. */
export function demoScenarios(known: number | undefined): number {
  return Math.min(8, known || 8);
}
