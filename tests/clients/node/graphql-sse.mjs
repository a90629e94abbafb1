// Queries, mutations and a subscription as server-sent events, each operation a stream of its own.
import { createClient } from 'graphql-sse';
import { createAndSee, report } from './following.mjs';
import { CHANGES, NESTED } from './operations.mjs';

const [, , address, after] = process.argv;
const client = createClient({ url: `http://${address}/graphql`, retryAttempts: 0 });

const execute = async (query, variables) => {
  for await (const { data, errors } of client.iterate({ query, variables })) {
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
};
const follow = (seen) => client.subscribe(
  { query: CHANGES, variables: { after } },
  { next: ({ data }) => seen(data.changes), error: (error) => { throw error; }, complete: () => {} },
);

const nested = await execute(NESTED, { first: 2 });
report({ nested, ...await createAndSee('graphql-sse', execute, follow) });
client.dispose();
