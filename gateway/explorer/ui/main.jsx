import './nonce.js';
import 'graphiql/setup-workers/vite';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

const OPERATIONS = import.meta.glob('../operations/*.graphql', { query: '?raw', import: 'default', eager: true });
const HEADERS = `{
  // "Authorization": "Bearer <token>",
  // "X-Integration-Id": "crelate:default",
  // "Cache-Control": "max-age=60"
}`;

// History is left out: it would keep request headers, tokens included, in the browser's storage.
const explorer = explorerPlugin();
const plugins = [explorer];

const container = document.getElementById('explorer');
const url = new URL(container.dataset.endpoint, location.href);
const subscriptionUrl = new URL(url);
subscriptionUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

const fetcher = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: subscriptionUrl.href,
  enableIncrementalDelivery: false,
});

createRoot(container).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    visiblePlugin={explorer}
    defaultTabs={Object.values(OPERATIONS).map((query) => ({ query }))}
    defaultHeaders={HEADERS}
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>
      <span>ATS gateway</span>{' '}
      <a className="manual" href={new URL('docs/', url).href} target="_blank" rel="noreferrer">
        Docs
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
