// Follows the changes of candidates until the one that the client itself made comes by.
import { CREATE, READ, person } from './operations.mjs';

// `execute(query, variables)` answers with data; `follow(seen)` calls `seen` with each change and returns how to stop.
export async function createAndSee(name, execute, follow) {
  const received = [];
  let check = () => {};
  const stop = follow((change) => { received.push(change); check(); });
  const { createCandidate } = await execute(CREATE, { input: person(name) });
  const { id } = createCandidate.candidate;
  await execute(READ, { id }); // reading is what makes the gateway look
  const change = await new Promise((resolve) => {
    check = () => { const own = received.find((each) => each.id === id); if (own) resolve(own); };
    check();
  });
  await stop();
  return { created: createCandidate, change };
}

export const report = (result) => console.log(JSON.stringify(result));
