import { useQuery } from "urql";

import { When } from "../../app/When";
import { UserDataDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";

/** What a user agreed to, and that there is a profile; what it says is for the user alone. */
export function UserDataPart({ user }: { user: string }) {
  const [{ data, error, fetching }] = useQuery({ query: UserDataDocument, variables: { user } });
  if (error) return <p className="soft">{sentence(error)}</p>;
  if (!data) return <p className="soft" aria-busy={fetching}>Looking …</p>;
  const { profileVersion, profileUpdatedAt, consents } = data.userData;
  return (
    <div className="stack tight">
      <p className="small">
        {profileVersion ? (
          <>
            Profile of version {profileVersion}, changed <When at={profileUpdatedAt} />; what it says is for the user alone.
          </>
        ) : (
          "No profile was entered."
        )}
      </p>
      <dl className="fields-of small">
        {consents.map((each) => (
          <div key={each.purpose}>
            <dt>{each.purpose}</dt>
            <dd title={each.text}>
              {each.given ? <span className="good">agreed</span> : each.at ? "not agreed" : <span className="soft">never asked</span>}
              {each.at && (
                <span className="soft">
                  {" "}
                  <When at={each.at} />, on text {each.decidedVersion}
                  {each.decidedVersion !== each.version && `, while ${each.version} is in force`}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
