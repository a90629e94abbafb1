// The applications of a job: refetched by the job's id alone, which is what makes it a node.
import { graphql } from 'relay-runtime';

export const fragment = graphql`
  fragment JobApplications_job on Job
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "JobApplicationsPaginationQuery") {
    applications(first: $count, after: $cursor) @connection(key: "JobApplications_applications") {
      edges {
        node {
          candidate {
            firstName
          }
          currentStage {
            name
          }
        }
      }
    }
  }
`;

export const mutation = graphql`
  mutation JobApplicationsCreateMutation($input: CreateApplicationInput!, $connections: [ID!]!) {
    createApplication(input: $input) {
      application @appendNode(connections: $connections, edgeTypeName: "ApplicationEdge") {
        id
      }
      userErrors {
        code
        field
      }
    }
  }
`;
