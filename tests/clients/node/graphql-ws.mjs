// Queries, mutations and a subscription over one WebSocket.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { streamed } from './following.mjs';

const [, , address, after] = process.argv;
const client = createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
await streamed('graphql-ws', client, after);
