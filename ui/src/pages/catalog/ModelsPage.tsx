import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { CatalogModelsDocument, type CatalogModelsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { counted, money, UNKNOWN } from "../../lib/format";
import { useTitle } from "../../lib/title";
import { CatalogTabs } from "./CatalogTabs";

type Model = CatalogModelsQuery["catalog"]["models"][number];

/** The models that can be asked, with what they cost and what they lack. */
export function ModelsPage() {
  useTitle("Models");
  const [{ data, error, fetching }, refresh] = useQuery({ query: CatalogModelsDocument });
  return (
    <div className="stack">
      <h1>Catalog</h1>
      <CatalogTabs at="models" />
      <p className="soft">
        Models and the servers that answer for them. They stand in <code>catalog/models.toml</code>; a key never does, only the name of the
        variable that holds it.
      </p>
      {error && (
        <Problem title={data ? "This may be old" : "The models could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="models" />}
      {data && <Rows models={data.catalog.models} />}
    </div>
  );
}

function Rows({ models }: { models: Model[] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Models</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Answers</th>
            <th scope="col" className="num">Parameters</th>
            <th scope="col" className="num">Input, a million tokens</th>
            <th scope="col" className="num">Output, a million tokens</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.name}>
              <td>
                <div className="name">{model.name}</div>
                <div className="soft small">version {model.version}</div>
              </td>
              <td data-label="Answers">
                {model.endpoint ?? model.provider}
                {model.local && <div className="soft small">on machines of your own</div>}
              </td>
              <td data-label="Parameters" className="num">{size(model.parametersB)}</td>
              <td data-label="Input, a million tokens" className="num">{money(model.priceIn)}</td>
              <td data-label="Output, a million tokens" className="num">{money(model.priceOut)}</td>
              <td data-label="State">{model.ready ? <span className="good">ready</span> : <span className="warn">set {model.keyEnv}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft small table-foot">{counted(models.length, "model")}</p>
    </div>
  );
}

function size(billions: number | null | undefined): string {
  if (billions === null || billions === undefined) return UNKNOWN;
  if (billions === 0) return "none";
  return billions < 1 ? `${Math.round(billions * 1000)} M` : `${billions} B`;
}
