// A certified OpenID provider for the tests: its issuer, our redirect addresses and the port come in as arguments.
import { Provider } from "oidc-provider";

const [port, ...redirects] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const client = (client_id, more) => ({
  client_id,
  redirect_uris: redirects,
  response_types: ["code"],
  grant_types: ["authorization_code"],
  ...more,
});
const provider = new Provider(issuer, {
  clients: [
    client("tipbench", {
      client_secret: "planted secret+/%",
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["authorization_code", "refresh_token"],
    }),
    client("public", { token_endpoint_auth_method: "none" }),
  ],
  features: { revocation: { enabled: true } },
  issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["for tests only"] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@example.org`, email_verified: !sub.startsWith("unproved") }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
