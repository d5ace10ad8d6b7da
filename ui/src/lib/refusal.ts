/** Why a change of the API was not made. */

import type { CombinedError } from "urql";

import { sentence } from "./client";
import { failureOf } from "./failures";

/** Why a change was not made, null where it was. */
export function refusal(found: object | null | undefined, error: CombinedError | undefined): string | null {
  const failure = failureOf(found);
  if (failure) return failure.message;
  if (error) return sentence(error);
  return found ? null : "Nothing was changed.";
}
