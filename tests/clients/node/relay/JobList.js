// A list of jobs that loads more of itself, and of each job its applications, as Relay wants them written.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query JobListQuery($count: Int!, $cursor: String) {
    ...JobList_query @arguments(count: $count, cursor: $cursor)
  }
`;

export const fragment = graphql`
  fragment JobList_query on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
  @refetchable(queryName: "JobListPaginationQuery") {
    jobs(first: $count, after: $cursor) @connection(key: "JobList_jobs") {
      edges {
        node {
          id
          name
          ...JobApplications_job
        }
      }
    }
  }
`;
