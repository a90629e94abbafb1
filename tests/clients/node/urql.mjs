// urql as it comes: by POST and by GET, with partial data, and following changes by fetch alone.
import { Client, fetchExchange } from '@urql/core';
import { createAndSee, report } from './following.mjs';
import { CHANGES, CREATE, NESTED, PARTIAL } from './operations.mjs';

const [, , address, after] = process.argv;
const url = `http://${address}/graphql`;
const client = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });

const answered = ({ data, error }) => { if (error) throw error; return data; };
const execute = async (query, variables) =>
  answered(await (query === CREATE ? client.mutation(query, variables) : client.query(query, variables)).toPromise());
const follow = (seen) =>
  client.subscription(CHANGES, { after }).subscribe((result) => seen(answered(result).changes)).unsubscribe;

const nested = await execute(NESTED, { first: 2 });
const methods = [];
const watched = (...sent) => { methods.push(sent[1].method); return fetch(...sent); };
const byGet = new Client({ url, exchanges: [fetchExchange], preferGetMethod: 'force', fetch: watched });
const got = answered(await byGet.query(NESTED, { first: 2 }).toPromise());
const { data, error } = await client.query(PARTIAL, {}).toPromise();
report({
  nested,
  got,
  methods,
  partial: { data, errors: error.graphQLErrors.map(({ path, extensions }) => ({ path, code: extensions.code })) },
  ...await createAndSee('urql', execute, follow),
});
