// What the gateway wrote into the page: where its endpoint is, and which accounts it has.
const { endpoint, accounts: names } = document.body.dataset;

export const HEADER = 'X-Integration-Id';

export const url = new URL(endpoint, location.href);
export const accounts = JSON.parse(names);

export const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
