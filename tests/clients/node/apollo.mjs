// Apollo Client: its cache, its ways to treat errors, and its persisted queries, which fall back on the whole text.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { report } from './following.mjs';
import { CREATE, NESTED, PARTIAL, READ, person } from './operations.mjs';

const [, , address] = process.argv;
const requests = [];
const http = new HttpLink({
  uri: `http://${address}/graphql`,
  fetch: (uri, options) => { requests.push(JSON.parse(options.body)); return fetch(uri, options); },
});
const connect = (link) => new ApolloClient({ link, cache: new InMemoryCache() });
const codes = (error) => error.errors.map(({ path, extensions }) => ({ path, code: extensions.code }));

const client = connect(http);
const { data: nested } = await client.query({ query: gql(NESTED), variables: { first: 2 } });
const { data: { createCandidate: created } } =
  await client.mutate({ mutation: gql(CREATE), variables: { input: person('apollo') } });
const { data: read } = await client.query({ query: gql(READ), variables: { id: created.candidate.id } });
const cached = client.cache.readQuery({ query: gql(READ), variables: { id: created.candidate.id } });

const all = await client.query({ query: gql(PARTIAL), errorPolicy: 'all', fetchPolicy: 'network-only' });
const thrown = await client.query({ query: gql(PARTIAL), fetchPolicy: 'network-only' }).catch((error) => error);

requests.length = 0;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const persisting = connect(ApolloLink.from([new PersistedQueryLink({ sha256 }), http]));
const ask = () => persisting.query({ query: gql(NESTED), variables: { first: 2 }, fetchPolicy: 'network-only' });
const persisted = [(await ask()).data, (await ask()).data];

report({
  nested,
  created,
  read,
  cached,
  partial: { data: all.data, errors: codes(all.error) },
  thrown: CombinedGraphQLErrors.is(thrown) ? codes(thrown) : String(thrown),
  persisted,
  sent: requests.map((body) => 'query' in body),
});
client.stop();
persisting.stop();
