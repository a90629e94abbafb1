import { useEffect, useMemo, useState } from 'react';
import { useGraphiQL } from '@graphiql/react';
import { ago, count } from './words.js';

const QUOTA = 'query QuotaLeft { rateLimit { limit remaining } }';

// What the answer of the open tab took, and how old it is, as its extensions say; and what is left of the quota now.
export function Cost({ ask }) {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response);
  const { cost, freshness } = useMemo(() => extensionsOf(response), [response]);
  const [quota, setQuota] = useState(null);

  useEffect(() => {
    let current = true;
    if (cost) ask(QUOTA).then((answer) => current && setQuota(answer?.data?.rateLimit ?? null));
    return () => (current = false);
  }, [ask, cost]);

  return (
    <p className="cost" role="status" aria-label="Cost and freshness">
      {cost ? (
        <>
          <span>{count(cost.upstreamRequests, 'call')} to the ATS</span>
          {quota && (
            <span>
              {quota.remaining.toLocaleString('en')} of {quota.limit.toLocaleString('en')} left this minute
            </span>
          )}
          <span title={freshness?.oldest ?? undefined}>{age(freshness)}</span>
        </>
      ) : (
        <span>Cost and freshness of an answer are shown here.</span>
      )}
    </p>
  );
}

function extensionsOf(response) {
  try {
    return JSON.parse(response)?.extensions ?? {};
  } catch {
    return {};
  }
}

function age(freshness) {
  if (!freshness?.oldest) return 'no copies used';
  const words = `oldest copy ${ago(freshness.oldest)}`;
  return freshness.stale ? `${words}, stale: the ATS could not answer` : words;
}
