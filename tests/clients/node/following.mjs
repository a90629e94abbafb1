// Follows the changes of candidates until the one that the client itself made comes by.
import { CHANGES, CREATE, NESTED, person } from './operations.mjs';

export const report = (result) => console.log(JSON.stringify(result));

// `execute(query, variables)` answers with data; `follow(seen)` calls `seen` with each change and returns how to stop.
export async function createAndSee(name, execute, follow) {
  const received = [];
  let check = () => {};
  const stop = follow((change) => { received.push(change); check(); });
  const { createCandidate } = await execute(CREATE, { input: person(name) });
  const { id } = createCandidate.candidate;
  const change = await new Promise((resolve) => {
    check = () => { const own = received.find((each) => each.recordId === id); if (own) resolve(own); };
    check();
  });
  stop();
  return { created: createCandidate, change };
}

// The same work for the two clients that treat every operation as a stream: graphql-ws and graphql-sse.
export async function streamed(name, client, after) {
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
  report({ nested, ...await createAndSee(name, execute, follow) });
  await client.dispose();
}
