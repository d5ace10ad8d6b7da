import { Suspense } from "react";
import { Route, Switch } from "wouter";

import { ExperimentsPage } from "../pages/experiments/ExperimentsPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { Boundary } from "./Boundary";
import { Loading } from "./Loading";
import { Shell } from "./Shell";

export function App() {
  return (
    <Shell>
      <Boundary>
        <Suspense fallback={<Loading what="the page" />}>
          <Switch>
            <Route path="/" component={ExperimentsPage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  );
}
