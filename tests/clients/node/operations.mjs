// The operations that every client sends.

export const NESTED = `
  query Nested($first: Int!, $filter: ApplicationFilter) {
    jobs(first: $first) {
      nodes {
        __typename
        id
        name
        applications(first: 2, filter: $filter) {
          nodes { __typename id candidate { __typename id firstName } currentStage { __typename id name } }
          pageInfo { hasNextPage }
        }
      }
    }
  }`;

export const PARTIAL = `
  query Partial { jobs(first: 1) { nodes { __typename id name } } job(id: "not an id") { __typename id name } }`;

export const CREATE = `
  mutation Create($input: CreateCandidateInput!) {
    createCandidate(input: $input) { status candidate { __typename id } userErrors { code field } }
  }`;

export const READ = `query Read($id: ID!) { candidate(id: $id) { __typename id firstName } }`;

export const CHANGES = `
  subscription Changes($after: String!) {
    changes(after: $after, models: [CANDIDATE]) { kind recordId record { __typename id } }
  }`;

// Somebody new, by the name of the client that creates them.
export const person = (firstName) => ({
  candidate: { firstName, lastName: 'Client', emailAddress: `${firstName}@example.com` },
});
