// Queries, mutations and a subscription as server-sent events, each operation a stream of its own.
import { createClient } from 'graphql-sse';
import { streamed } from './following.mjs';

const [, , address, after] = process.argv;
await streamed('graphql-sse', createClient({ url: `http://${address}/graphql`, retryAttempts: 0 }), after);
