import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";

import { ExperimentsPage } from "../pages/experiments/ExperimentsPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { Boundary } from "./Boundary";
import { Loading } from "./Loading";
import { Shell } from "./Shell";

const LeaderboardPage = lazy(() => import("../pages/leaderboard/LeaderboardPage"));
const TipsPage = lazy(() => import("../pages/tips/TipsPage"));
const LivePage = lazy(() => import("../pages/live/LivePage"));
const RoundsPage = lazy(() => import("../pages/rounds/RoundsPage"));
const LaunchPage = lazy(() => import("../pages/launch/LaunchPage"));
const CatalogPage = lazy(() => import("../pages/catalog/CatalogPage"));
const AdminPage = lazy(() => import("../pages/admin/AdminPage"));

export function App() {
  return (
    <Shell>
      <Boundary>
        <Suspense fallback={<Loading what="the page" />}>
          <Switch>
            <Route path="/" component={ExperimentsPage} />
            <Route path="/launch" component={LaunchPage} />
            <Route path="/rounds" component={RoundsPage} />
            <Route path="/experiments">
              <Redirect to="/" replace />
            </Route>
            <Route path="/experiments/:name" component={LivePage} />
            <Route path="/experiments/:name/leaderboard" component={LeaderboardPage} />
            <Route path="/catalog/*?" component={CatalogPage} />
            <Route path="/admin/*?" component={AdminPage} />
            <Route path="/experiments/:name/tips" component={TipsPage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  );
}
