import { Link } from "wouter";

import { useTitle } from "../lib/title";

export function NotFoundPage() {
  useTitle("Not found");
  return (
    <section className="stack">
      <h1>There is no such page</h1>
      <p>
        The address may have been cut. <Link to="/">All experiments</Link>
      </p>
    </section>
  );
}
