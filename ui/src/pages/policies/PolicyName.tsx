import { shortHash } from "./policies";

/** A policy by its kind and the first digits of its hash, all of them on hover. */
export function PolicyName({ policy }: { policy: { name: string; hash: string } }) {
  return (
    <>
      <span className="name">{policy.name}</span> <code title={policy.hash}>{shortHash(policy.hash)}</code>
    </>
  );
}
