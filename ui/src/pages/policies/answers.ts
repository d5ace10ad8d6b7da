/** What pages of policies read anew after a change, also where an answer was empty. */

export const OF_PROMOTIONS = { additionalTypenames: ["PolicyPromotion"] };
export const OF_PAUSES = { additionalTypenames: ["TipPause"] };
