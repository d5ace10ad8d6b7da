import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";

import { ExperimentsPage } from "../pages/experiments/ExperimentsPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { Boundary } from "./Boundary";
import { Loading } from "./Loading";
import { CHUNKS } from "./pages";
import { Shell } from "./Shell";

const LeaderboardPage = lazy(CHUNKS.leaderboard);
const TipsPage = lazy(CHUNKS.tips);
const LivePage = lazy(CHUNKS.live);
const RoundsPage = lazy(CHUNKS.rounds);
const LaunchPage = lazy(CHUNKS.launch);
const CatalogPage = lazy(CHUNKS.catalog);
const AdminPage = lazy(CHUNKS.admin);

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
