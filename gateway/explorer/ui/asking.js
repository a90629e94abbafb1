import { createClient } from 'graphql-ws';
import { HEADER, socketUrl, url } from './place.js';
import CHANGES from './changes.graphql?raw';

export class Refused extends Error {}

const headersOf = (account, token) => ({ [HEADER]: account, ...(token && { Authorization: `Bearer ${token}` }) });

// The answer to a query about one account. Throws `Refused` where another token is needed.
export async function ask(query, account, token) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headersOf(account, token), 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  if (response.status === 401) throw new Refused();
  return response.json();
}

// Hands on every change of an account's records from now on, also those of the time that a lost connection took.
// Returns what ends it.
export function follow(account, token, onChange) {
  const client = createClient({
    url: socketUrl.href,
    connectionParams: headersOf(account, token),
    retryAttempts: Infinity,
    shouldRetry: () => true,
  });
  const variables = {}; // sent anew with every connection
  client.subscribe(
    { query: CHANGES, variables },
    {
      next({ data }) {
        if (!data) return;
        variables.after = data.changes.cursor;
        onChange(data.changes);
      },
      error() {},
      complete() {},
    },
  );
  return () => client.dispose();
}

// What the gateway says of its parts, by name: `ok`, or what is wrong.
export async function readiness() {
  const response = await fetch(new URL('health/ready', url));
  return (await response.json()).parts;
}
