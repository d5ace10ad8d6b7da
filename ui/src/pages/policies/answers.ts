/** What pages of policies read anew after a change, also where an answer was empty. */

import type { CombinedError } from "urql";

import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";

export const OF_PROMOTIONS = { additionalTypenames: ["PolicyPromotion"] };
export const OF_PAUSES = { additionalTypenames: ["TipPause"] };

/** Why a change was not made, null where it was. */
export function refusal(found: object | null | undefined, error: CombinedError | undefined): string | null {
  const failure = failureOf(found);
  if (failure) return failure.message;
  if (error) return sentence(error);
  return found ? null : "Nothing was changed.";
}
