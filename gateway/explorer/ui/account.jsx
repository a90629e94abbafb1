import { useState } from 'react';
import { accounts, HEADER } from './place.js';

const KEPT_AS = 'ats-gateway:account';

const kept = localStorage.getItem(KEPT_AS);
let chosen = accounts.includes(kept) ? kept : accounts[0];

// Headers with the chosen account, unless they name one, or there is only one.
export function withAccount(headers = {}) {
  const named = Object.keys(headers).some((name) => name.toLowerCase() === HEADER.toLowerCase());
  return named || accounts.length < 2 ? headers : { ...headers, [HEADER]: chosen };
}

export function AccountPicker() {
  const [account, setAccount] = useState(chosen);
  if (accounts.length < 2) return null;
  const choose = (event) => {
    chosen = event.target.value;
    localStorage.setItem(KEPT_AS, chosen);
    setAccount(chosen);
  };
  return (
    <select className="account" aria-label="Account" value={account} onChange={choose}>
      {accounts.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
