import { Link } from "wouter";

import { KINDS, type Kind } from "./kinds";

/** The way between the kinds of entries. */
export function CatalogTabs({ at }: { at: Kind | "models" }) {
  const pages = [...Object.values(KINDS).slice(0, 3), { kind: "models", title: "Models" }, KINDS.judges];
  return (
    <nav aria-label="Kinds of entries" className="tabs">
      {pages.map((each) => (
        <Link key={each.kind} to={`/catalog/${each.kind}`} aria-current={each.kind === at ? "page" : undefined}>
          {each.title}
        </Link>
      ))}
    </nav>
  );
}
