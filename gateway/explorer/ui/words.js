const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
];

// How long ago an instant was, such as `3 minutes ago`.
export const ago = (instant) => `${span(Date.now() - Date.parse(instant))} ago`;

// How far off an instant is, such as `in 3 minutes`.
export const until = (instant) => `in ${span(Date.parse(instant) - Date.now())}`;

export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function span(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  const [noun, length] = UNITS.find((unit) => seconds >= unit[1]) ?? ['second', 1];
  return count(Math.floor(seconds / length), noun);
}
