import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ask, follow, readiness, Refused } from './asking.js';
import { accounts } from './place.js';
import STATUS from './status.graphql?raw';
import { ago, count, until } from './words.js';
import './status.css';

const ASK_EVERY = 3000;
const LOOK_EVERY = 30_000;
const CHANGES_SHOWN = 10;
const SHOWN_WHOLE = 3;

function Page() {
  const [token, setToken] = useState('');
  const [refused, setRefused] = useState(false);
  const states = useRepeated(readiness, LOOK_EVERY, '') ?? {};
  return (
    <>
      <h1>Status</h1>
      {refused ? (
        <TokenForm
          again={token !== ''}
          onToken={(given) => {
            setToken(given);
            setRefused(false);
          }}
        />
      ) : (
        accounts.map((name) => (
          <Account key={name} name={name} token={token} state={states[name]} onRefused={() => setRefused(true)} />
        ))
      )}
    </>
  );
}

function TokenForm({ again, onToken }) {
  const submit = (event) => {
    event.preventDefault();
    onToken(new FormData(event.target).get('token').trim());
  };
  return (
    <form onSubmit={submit}>
      <p>This gateway asks for an access token with the scope read. It stays in this page and is kept nowhere.</p>
      {again && <p role="alert">This token is not one of the gateway's.</p>}
      <label>
        Access token <input name="token" type="password" autoComplete="off" required autoFocus />
      </label>{' '}
      <button>Show</button>
    </form>
  );
}

function Account({ name, token, state, onRefused }) {
  const answer = useRepeated(() => ask(STATUS, name, token), ASK_EVERY, token, onRefused);
  const kept = Boolean(answer?.data?.syncStatus);
  const changes = useChanges(name, token, kept);
  const { rateLimit, coverage, syncStatus, actions } = answer?.data ?? {};
  const complaints = [...new Set(answer?.errors?.map((error) => error.message))];
  return (
    <section aria-label={name}>
      <h2>{name}</h2>
      {complaints.map((message) => (
        <p key={message} role="alert">
          {message}
        </p>
      ))}
      <dl>
        <dt>The ATS</dt>
        <dd className={state && state !== 'ok' ? 'bad' : ''}>{state === 'ok' ? 'answers' : (state ?? '…')}</dd>
        {rateLimit && <Quota {...rateLimit} />}
        {syncStatus && <Sync {...syncStatus} />}
        {coverage && <Known {...coverage} />}
      </dl>
      {coverage?.drift.length > 0 && <Drift drift={coverage.drift} account={name} />}
      {syncStatus && <Models models={syncStatus.models} account={name} />}
      {actions && <Actions actions={actions.nodes} account={name} />}
      {kept && <Changes changes={changes} />}
      {coverage?.profile.length > 0 && <Profile profile={coverage.profile} account={name} />}
    </section>
  );
}

function Quota({ limit, remaining, resetAt }) {
  return (
    <>
      <dt>Quota left</dt>
      <dd>
        <meter min={0} max={limit} value={remaining} low={limit / 10} aria-label="Quota left" />{' '}
        {remaining.toLocaleString('en')} of {limit.toLocaleString('en')} requests
        {remaining < limit && `, all of them ${until(resetAt)}`}
      </dd>
    </>
  );
}

function Known({ profile, drift }) {
  const newest = profile.map((each) => each.learntAt).sort().at(-1);
  return (
    <>
      <dt>Known</dt>
      <dd>{newest ? `${count(profile.length, 'fact')}, the newest ${ago(newest)}` : 'nothing learnt yet'}</dd>
      <dt>Drift</dt>
      <dd className={drift.length ? 'bad' : ''}>{drift.length ? count(drift.length, 'fact') : 'none'}</dd>
    </>
  );
}

function Drift({ drift, account }) {
  return (
    <Table name="Not as it was" account={account} heads={['Fact', 'Was', 'Is', 'Since']}>
      {drift.map((each) => (
        <tr key={each.name}>
          <th scope="row">{each.name}</th>
          <td>{shown(each.before)}</td>
          <td>{each.value === null ? 'not found out yet' : shown(each.value)}</td>
          <td title={each.driftedAt}>{ago(each.driftedAt)}</td>
        </tr>
      ))}
    </Table>
  );
}

function Profile({ profile, account }) {
  return (
    <Table name="What is known" account={account} heads={['Fact', 'Found', 'Seen', 'By']}>
      {profile.map((each) => (
        <tr key={each.name}>
          <th scope="row">{each.name}</th>
          <td>{each.value === null ? 'not found out yet' : shown(each.value)}</td>
          <td title={each.learntAt}>{ago(each.learntAt)}</td>
          <td>{each.learntBy.toLowerCase()}</td>
        </tr>
      ))}
    </Table>
  );
}

// A value as words; a list by its length.
function shown(value) {
  if (Array.isArray(value)) return value.length > SHOWN_WHOLE ? count(value.length, 'id') : value.map(shown).join(', ');
  if (value === null || typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${shown(each)}`)
    .join(', ');
}

function Sync({ running, startedAt, nextDeltaAt, nextFullAt }) {
  const next = [nextDeltaAt && `delta ${until(nextDeltaAt)}`, nextFullAt && `full ${until(nextFullAt)}`].filter(Boolean);
  return (
    <>
      <dt>Sync</dt>
      <dd>{running ? `${running.toLowerCase()}, began ${ago(startedAt)}` : 'none at work'}</dd>
      <dt>Next</dt>
      <dd>{next.join(', ') || 'when it is asked for'}</dd>
    </>
  );
}

function Models({ models, account }) {
  return (
    <Table name="Copies" account={account} heads={['Model', 'Records', 'Right as of', 'Progress', 'Trouble']}>
      {models.map((each) => (
        <tr key={each.model}>
          <th scope="row">{each.model}</th>
          <td className="number">{each.records.toLocaleString('en')}</td>
          <td title={each.syncedAt}>{each.syncedAt ? ago(each.syncedAt) : 'never synced'}</td>
          <td>{each.running && <Progress {...each} />}</td>
          <td className={each.lastError || each.skipped ? 'bad' : ''}>{troubles(each).join(', ')}</td>
        </tr>
      ))}
    </Table>
  );
}

function troubles({ lastError, skipped }) {
  const left = skipped ? `${skipped.toLocaleString('en')} skipped` : null;
  return [lastError, left].filter(Boolean);
}

function Progress({ model, read, expected }) {
  return (
    <>
      <progress max={expected ?? undefined} value={expected ? (read ?? 0) : undefined} aria-label={`Sync of ${model}`} />{' '}
      {read?.toLocaleString('en')}
      {expected && ` of ${expected.toLocaleString('en')}`}
    </>
  );
}

function Actions({ actions, account }) {
  if (!actions.length) return <Nothing name="Last actions" words="Nothing has been written through this gateway yet." />;
  return (
    <Table name="Last actions" account={account} heads={['Action', 'Outcome', 'Begun', 'Token', 'Problems']}>
      {actions.map((each) => (
        <tr key={each.id}>
          <th scope="row">{each.request ?? each.name}</th>
          <td>{each.outcome}</td>
          <td title={each.startedAt}>{ago(each.startedAt)}</td>
          <td>{each.tokenName}</td>
          <td>{each.userErrors.map((error) => error.code).join(', ')}</td>
        </tr>
      ))}
    </Table>
  );
}

function Changes({ changes }) {
  if (!changes.length) return <Nothing name="Changes" words="None since this page was opened; they appear by themselves." />;
  return (
    <>
      <h3>Changes</h3>
      <ol role="log" aria-label="Changes" reversed>
        {changes.map((each) => (
          <li key={each.id}>
            <b>{each.kind}</b> {each.model} <span title={each.at}>{ago(each.at)}</span> {each.fields.join(', ')}
          </li>
        ))}
      </ol>
    </>
  );
}

function Nothing({ name, words }) {
  return (
    <>
      <h3>{name}</h3>
      <p>{words}</p>
    </>
  );
}

// Scrolls by itself where the window is narrow, by keyboard as well.
function Table({ name, account, heads, children }) {
  return (
    <>
      <h3>{name}</h3>
      <div className="scrolling" role="region" aria-label={`${name} of ${account}`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </>
  );
}

// The last result of something that is asked for again and again while the page is seen; null before the first.
function useRepeated(work, pause, key, onRefused) {
  const [result, setResult] = useState(null);
  useEffect(() => {
    let timer;
    let stopped = false;
    const once = async () => {
      try {
        const found = document.hidden ? null : await work();
        if (found && !stopped) setResult(found);
      } catch (error) {
        if (error instanceof Refused && !stopped) return onRefused();
      }
      if (!stopped) timer = setTimeout(once, pause);
    };
    once();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [key]);
  return result;
}

// The latest changes, the newest first.
function useChanges(account, token, wanted) {
  const [changes, setChanges] = useState([]);
  useEffect(() => {
    if (!wanted) return undefined;
    return follow(account, token, (change) => setChanges((shown) => [change, ...shown].slice(0, CHANGES_SHOWN)));
  }, [account, token, wanted]);
  return changes;
}

createRoot(document.getElementById('status')).render(<Page />);
