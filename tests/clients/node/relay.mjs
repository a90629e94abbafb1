// Sends what relay-compiler made of the fragments in ./relay, and pages through two connections with it.
import { report } from './following.mjs';
import jobs from './relay/__generated__/JobListPaginationQuery.graphql.js';
import applications from './relay/__generated__/JobApplicationsPaginationQuery.graphql.js';

const [, , address] = process.argv;

async function page({ params }, variables) {
  const answer = await fetch(`http://${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: params.text, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function twoPages(query, connection, variables) {
  const first = connection(await page(query, { ...variables, count: 2 }));
  const second = connection(await page(query, { ...variables, count: 2, cursor: first.pageInfo.endCursor }));
  return [first, second].map(({ edges }) => edges.map(({ node }) => node.id));
}

const ofJobs = await twoPages(jobs, (data) => data.jobs, {});
const ofApplications = await twoPages(applications, (data) => data.node.applications, { id: ofJobs[0][0] });
report({ jobs: ofJobs, applications: ofApplications });
