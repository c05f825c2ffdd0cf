// A certified OpenID provider (https://www.npmjs.com/package/oidc-provider) on loopback, strict or
// lax. It ends when its stdin does. Arguments: JSON with client_id, jwk, strict.
import http from "node:http";
import Provider from "oidc-provider";

const { client_id, jwk, strict } = JSON.parse(process.argv[2]);
const requests = [];
let provider;

const server = http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const answer = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (pathname === "/log") return answer(200, requests);
  if (pathname === "/api") {
    const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const found = token && (await provider.ClientCredentials.find(token));
    return answer(found && !found.isExpired ? 200 : 401, {});
  }
  if (pathname === "/token") {
    const style = searchParams.has("client_assertion") ? "query" : "form";
    response.on("finish", () => requests.push({ style, status: response.statusCode }));
  }
  return provider.callback()(request, response);
});

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [{
      client_id,
      token_endpoint_auth_method: "private_key_jwt",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      jwks: { keys: [jwk] },
    }],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    clockTolerance: strict ? 0 : 60,
    ttl: { ClientCredentials: strict ? 200 : 3600 },
    assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => {
      const wrong = strict && (claims.aud !== ctx.oidc.issuer || claims.exp - claims.iat > 60);
      if (wrong) throw Object.assign(new Error("invalid_client"), {
        error: "invalid_client", error_description: "aud or exp", status: 401, statusCode: 401, expose: true,
      });
    },
  });
  if (!strict) provider.ReplayDetection.unique = async () => true;
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume().on("end", () => process.exit(0));
