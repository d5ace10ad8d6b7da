// A certified OpenID provider that stands behind an Apple-shaped front: port, issuer, client, its secret and redirect
// address come in as arguments. Apple's `email_verified` is a text, its addresses may be relays, its paths are its own.
import { Provider } from "oidc-provider";

const [port, issuer, client_id, client_secret, redirect] = process.argv.slice(2);
const provider = new Provider(issuer, {
  clients: [
    {
      client_id,
      client_secret,
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  routes: { authorization: "/auth/authorize", token: "/auth/token", jwks: "/auth/keys", revocation: "/auth/revoke" },
  features: { revocation: { enabled: true } },
  issueRefreshToken: async () => true, // Apple gives one without offline_access
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["for tests only"] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: "planted-relay@privaterelay.appleid.example", email_verified: "true" }),
  }),
});
provider.proxy = true;
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
