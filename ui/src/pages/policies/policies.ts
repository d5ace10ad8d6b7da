/** Policies, arms and trials in words, and the texts of TOML that a promotion begins with. Pure. */

import type { GuardrailUnit, GuardrailVerdict, PoliciesQuery, PromotionKind } from "../../gql/graphql";
import { count, UNKNOWN } from "../../lib/format";

export type Promotion = PoliciesQuery["policies"][number];

export const KINDS = ["random", "epsilon_greedy", "thompson", "linucb"] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_LABELS: Record<Kind, string> = {
  random: "random: every eligible arm equally often",
  epsilon_greedy: "ε-greedy: mostly the arm with the highest mean",
  thompson: "Thompson: each arm as often as it is the best one",
  linucb: "LinUCB: mostly the arm with the highest limit for the context",
};

/** A policy of each kind with its fields as they are by default. */
export const STARTS: Record<Kind, string> = {
  random: 'kind = "random"\nreward_within_hours = 72\n',
  epsilon_greedy: 'kind = "epsilon_greedy"\nreward_within_hours = 72\nfloor = 0.1\nprior_weight = 10\n',
  thompson: 'kind = "thompson"\nreward_within_hours = 72\nfloor = 0.1\nprior_weight = 10\n',
  linucb:
    'kind = "linucb"\nreward_within_hours = 72\nfloor = 0.1\nprior_weight = 10\nwidth = 1\nridge = 1\n\n[columns]\nhour_band = ["night", "morning", "afternoon", "evening"]\n',
};

/** The kind that a text of TOML names, null for another one. */
export function kindOf(text: string): Kind | null {
  const found = /^\s*kind\s*=\s*["']([a-z_]+)["']/m.exec(text)?.[1];
  return KINDS.find((kind) => kind === found) ?? null;
}

/** The fields of a policy with their values as one reads them, its kind left out. */
export function fieldsOf(configuration: string): { name: string; value: string }[] {
  const found = JSON.parse(configuration) as Record<string, unknown>;
  return Object.entries(found)
    .filter(([name]) => name !== "kind")
    .map(([name, value]) => ({ name: name.replaceAll("_", " "), value: written(value) }));
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (value === null || typeof value !== "object") return String(value);
  const parts = Object.entries(value).map(([name, each]) => `${name}: ${written(each)}`);
  return parts.join("; ") || UNKNOWN;
}

/** A rate from 0 to 1 in percent, with a decimal below ten. */
export function rate(value: number | null | undefined, locale?: string): string {
  if (value === null || value === undefined) return UNKNOWN;
  return `${percents(locale, "auto").format(100 * value)} %`;
}

/** A difference of rates in percentage points, with its sign. */
export function points(value: number | null | undefined, locale?: string): string {
  return value === null || value === undefined ? UNKNOWN : signed(100 * value, locale);
}

const MEASURES: Record<GuardrailUnit, { says: string; one: string; factor: number }> = {
  SHARE: { says: "%", one: "points", factor: 100 },
  MILLISECONDS: { says: "ms", one: "ms", factor: 1 },
};

/** What a guardrail measured, in its unit: a rate in percent, or a time. */
export function measured(value: number | null | undefined, unit: GuardrailUnit, locale?: string): string {
  if (value === null || value === undefined) return UNKNOWN;
  return `${percents(locale, "auto").format(MEASURES[unit].factor * value)} ${MEASURES[unit].says}`;
}

/** How far the canary is from the others, an interval in the guardrail's unit with signs. */
export function apart(low: number | null | undefined, high: number | null | undefined, unit: GuardrailUnit, locale?: string): string {
  if (typeof low !== "number" || typeof high !== "number") return "not estimable";
  const [from, to] = [low, high].map((end) => signed(MEASURES[unit].factor * end, locale));
  return `${from} to ${to} ${MEASURES[unit].one}`;
}

/** A number with its sign, which is a true minus. */
function signed(value: number, locale?: string): string {
  return percents(locale, "exceptZero").format(value).replace("-", "−");
}

function percents(locale: string | undefined, signDisplay: "auto" | "exceptZero"): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay });
}

const DECIDED: Record<PromotionKind, string> = {
  FIRST: "from the settings",
  PROMOTED: "promoted",
  ROLLED_BACK: "rolled back",
  STOPPED: "stopped",
};

/** What was decided, in a word or two. */
export function decidedLabel(kind: PromotionKind): string {
  return DECIDED[kind];
}

/** Who decided: the settings, an admin by id, or one who was erased. */
export function decidedBy(promotion: Pick<Promotion, "kind" | "by">): string {
  return promotion.by || (promotion.kind === "FIRST" ? "tipbench.toml" : "an admin who was erased");
}

/** The first digits of a hash, which tell policies from each other. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

const VERDICTS: Record<GuardrailVerdict, { text: string; tone: string }> = {
  WORSE: { text: "worse: roll it back", tone: "bad" },
  BETTER: { text: "better", tone: "good" },
  UNDECIDED: { text: "neither is sure", tone: "soft" },
};

/** That users are no people, where a program plays some; nothing where all are people. */
export function simulatedLine(simulated: number, users: number): string {
  if (!simulated) return "";
  if (simulated === users) return users === 1 ? "The one user is SIMULATED: nobody was asked." : `All ${count(users)} users are SIMULATED: nobody was asked.`;
  return `${count(simulated)} of ${count(users)} users are SIMULATED: figures are not of people.`;
}

const SOURCES: Record<string, string> = { ahead: "written ahead for its user", judged: "a judged text", template: "a template" };

/** Where the text of a tip came from, in words; nothing where that was not logged. */
export function sourceOf(source: string | null | undefined): string {
  return source ? (SOURCES[source] ?? source) : "";
}

/** What a guardrail says of the canary, and its tone. */
export function verdictOf(verdict: GuardrailVerdict): { text: string; tone: string } {
  return VERDICTS[verdict];
}

/** What a trial says so far, in a sentence. */
export function trialLine(refused: string | null | undefined, verdicts: readonly GuardrailVerdict[], users: number): string {
  if (refused) return `Nothing is compared: ${refused}.`;
  if (!users) return "Nobody counts yet: a user does once their first decision is a day old.";
  if (verdicts.includes("WORSE")) return "The canary does worse, at whatever time one looks: roll it back.";
  return "Nothing is surely worse so far, at whatever time one looks.";
}

export type Share = { value: number } | { problem: string };

/** The share of users in a field of percent. */
export function readShare(typed: string): Share {
  const value = Number(typed.trim().replace(",", "."));
  if (!typed.trim() || !Number.isFinite(value) || value < 0.1 || value > 100) return { problem: "Use a number from 0.1 to 100." };
  return { value: value / 100 };
}

/** For whom a policy shall draw, in words. */
export function forWhom(share: number, locale?: string): string {
  return share === 1 ? "all users" : `a trial on ${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(share * 100)} % of users`;
}

/** The name of a cell as pauses know it. */
export function armName(arm: { model: string; prompt: string }): string {
  return `${arm.model}/${arm.prompt}`;
}
