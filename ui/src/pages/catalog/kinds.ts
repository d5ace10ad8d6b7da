/** The kinds of the catalog's entries: their addresses, words, and what the API is asked for them. */

import {
  CatalogJudgesDocument,
  CatalogPromptsDocument,
  CatalogRubricsDocument,
  CatalogScenariosDocument,
  WholeJudgesDocument,
  WholePromptsDocument,
  WholeRubricsDocument,
  WholeScenariosDocument,
  type EntryKind,
  type EntryLineFragment,
  type EntryWholeFragment,
} from "../../gql/graphql";
import type { TypedDocumentNode } from "urql";

export type Kind = "prompts" | "scenarios" | "rubrics" | "judges";
export type Line = EntryLineFragment & { content?: unknown };
export type Whole = EntryWholeFragment;

interface Words {
  /** In the address. */
  kind: Kind;
  title: string;
  one: string;
  /** What can be added here; null for what stands in files only. */
  addable: EntryKind | null;
  list: TypedDocumentNode<{ catalog: { entries: Line[] } }, Record<string, never>>;
  whole: TypedDocumentNode<{ catalog: { entries: Whole[] } }, Record<string, never>>;
  /** What it is for, in a sentence. */
  about: string;
}

const kinds: Words[] = [
  {
    kind: "prompts", title: "Prompts", one: "prompt", addable: "PROMPT",
    list: CatalogPromptsDocument as Words["list"], whole: WholePromptsDocument as Words["whole"],
    about: "What models are asked with. A benchmark uses the newest version of a name, unless it says NAME@VERSION.",
  },
  {
    kind: "scenarios", title: "Scenarios", one: "scenario", addable: "SCENARIO",
    list: CatalogScenariosDocument as Words["list"], whole: WholeScenariosDocument as Words["whole"],
    about: "Persons in situations. A benchmark draws from them by its seed, the same for every cell.",
  },
  {
    kind: "rubrics", title: "Rubrics", one: "rubric", addable: "RUBRIC",
    list: CatalogRubricsDocument as Words["list"], whole: WholeRubricsDocument as Words["whole"],
    about: "What tips are judged by.",
  },
  {
    kind: "judges", title: "Judges", one: "judge", addable: null,
    list: CatalogJudgesDocument as Words["list"], whole: WholeJudgesDocument as Words["whole"],
    about: "Judges that are models or commands. People need no entry; new ones are files in catalog/judges.",
  },
];

export const KINDS: Record<Kind, Words> = Object.fromEntries(kinds.map((each) => [each.kind, each])) as Record<Kind, Words>;

export const isKind = (text: string): text is Kind => text in KINDS;

/** Where an entry's page is. */
export function pathOf(kind: Kind, name: string, version?: string): string {
  const query = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
  return `/catalog/${kind}/${encodeURIComponent(name)}${query}`;
}

/** The layer that an entry stands in, as people read it. */
export function layer(origin: string): string {
  return { packaged: "comes with Tipbench", project: "in the project", home: "added here" }[origin] ?? origin;
}
