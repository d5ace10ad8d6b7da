import { Button } from "@mantine/core";
import { Link } from "wouter";

/** The name of an experiment over its pages, with the way between them. */
export function ExperimentHead({ name, at }: { name: string; at: "live" | "leaderboard" | "tips" }) {
  const pages = [
    { page: "live", to: `/experiments/${name}`, label: "Run" },
    { page: "leaderboard", to: `/experiments/${name}/leaderboard`, label: "Leaderboard" },
    { page: "tips", to: `/experiments/${name}/tips`, label: "Tips" },
  ];
  return (
    <div className="stack">
      <div className="spread">
        <h1 className="name">{name}</h1>
        <Button component={Link} to={`/launch?extends=${name}`} variant="default">
          Again, with more
        </Button>
      </div>
      <nav aria-label={`Pages of ${name}`} className="tabs">
        {pages.map((each) => (
          <Link key={each.page} to={each.to} aria-current={each.page === at ? "page" : undefined}>
            {each.label}
          </Link>
        ))}
      </nav>
    </div>
  );
}
