import './nonce.js';
import 'graphiql/setup-workers/vite';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { AccountPicker, withAccount } from './account.jsx';
import { Cost } from './cost.jsx';
import { socketUrl, url } from './place.js';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

const OPERATIONS = import.meta.glob('../operations/*.graphql', { query: '?raw', import: 'default', eager: true });
const HEADERS = `{
  // "Authorization": "Bearer <token>",
  // "X-Integration-Id": "crelate:default",
  // "Cache-Control": "max-age=60"
}`;
const LINKS = { Docs: 'docs/', Status: 'status', Connect: 'connect' };

// History is left out: it would keep request headers, tokens included, in the browser's storage.
const explorer = explorerPlugin();
const plugins = [explorer];

const send = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: socketUrl.href,
  enableIncrementalDelivery: false,
});
let lastHeaders;

function fetcher(operation, options) {
  lastHeaders = withAccount(options?.headers);
  return send(operation, { ...options, headers: lastHeaders });
}

// Asks something beside what is in the editor, as the same caller of the same account.
const ask = (query) => send({ query }, { headers: lastHeaders }).catch(() => null);

createRoot(document.getElementById('explorer')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    visiblePlugin={explorer}
    defaultTabs={Object.values(OPERATIONS).map((query) => ({ query }))}
    defaultHeaders={HEADERS}
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <span>ATS gateway</span>
      {Object.entries(LINKS).map(([name, path]) => (
        <a key={name} href={new URL(path, url).href} target="_blank" rel="noreferrer">
          {name}
        </a>
      ))}
      <AccountPicker />
    </GraphiQL.Logo>
    <GraphiQL.Footer>
      <Cost ask={ask} />
    </GraphiQL.Footer>
  </GraphiQL>,
);
