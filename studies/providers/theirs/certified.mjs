// oidc-provider (OpenID Certified), with private_key_jwt and nothing of ours in what it checks.
// node certified.mjs DIRECTORY_WITH_NODE_MODULES, {"clients": [...]} on stdin; prints its issuer.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const entry = join(process.argv[2], 'node_modules/oidc-provider/lib/index.js');
const { default: Provider } = await import(pathToFileURL(entry));
const { clients } = JSON.parse(readFileSync(0));
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256'];

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: clients.map(({ client_id, jwks }) => ({
      client_id,
      jwks,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'reports.read',
    })),
    scopes: ['reports.read'],
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: algorithms },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
