import { Link } from "wouter";

const PAGES = [
  { at: "users", label: "Users" },
  { at: "audit", label: "Audit log" },
  { at: "backfills", label: "Backfills" },
  { at: "policies", label: "Policies" },
  { at: "dead-letters", label: "Dead letters" },
  { at: "deliveries", label: "Deliveries" },
  { at: "push-keys", label: "Push keys" },
  { at: "connections", label: "Connections" },
  { at: "webhooks", label: "Webhooks" },
  { at: "suppressions", label: "Suppression list" },
  { at: "erasures", label: "Erasures" },
  { at: "health", label: "Health" },
];

/** The heading of the pages of administration, with the way between them. */
export function AdminHead({ at }: { at: string }) {
  return (
    <>
      <h1>Admin</h1>
      <nav aria-label="Pages of administration" className="tabs">
        {PAGES.map((page) => (
          <Link key={page.at} to={`/admin/${page.at}`} aria-current={page.at === at ? "page" : undefined}>
            {page.label}
          </Link>
        ))}
      </nav>
    </>
  );
}
