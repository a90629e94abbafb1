const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
];

// How long ago an instant was, such as `3 minutes ago`.
export function ago(instant, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit ? `${count(Math.floor(seconds / unit[1]), unit[0])} ago` : `${count(Math.floor(seconds), 'second')} ago`;
}

export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
