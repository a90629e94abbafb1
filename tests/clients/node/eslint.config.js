// All rules there are for schemas, and the reasons for what they leave us.
import graphql from '@graphql-eslint/eslint-plugin';

const { rules: all } = graphql.configs['flat/schema-all'];
const { rules: relay } = graphql.configs['flat/schema-relay'];

const exceptions = {
  // Fields stand in the order in which they are read, and enum values in the order in which they mean something.
  '@graphql-eslint/alphabetize': 'off',

  // Writing actions to the ATS and following its changes is what the gateway is for.
  '@graphql-eslint/no-root-type': 'off',

  // What is deprecated goes with a version, not on a day.
  '@graphql-eslint/require-deprecation-date': 'off',

  // These names are the unified model's (`Job.jobCode`, `EmailAddress.emailAddress`, `Interview.interviewingTeam`),
  // which its users know from elsewhere. Change.changedFields says which fields changed, not which the change has.
  '@graphql-eslint/no-typename-prefix': 'off',

  // Values and results have no identity: they are parts of a record, of the state of the gateway, or of an answer.
  '@graphql-eslint/strict-id-in-types': [
    'error',
    {
      exceptions: {
        suffixes: ['Connection', 'Edge', 'Payload', 'Coverage', 'Status'],
        types: [
          'Account', // known by its name: the same graph stands under each
          'Attachment', // known by the ATS's id, which it has only once the ATS has read it
          'CoverageItem',
          'CustomField', // one of a record's
          'CustomFieldOption',
          'EmailAddress',
          'Location',
          'Note', // known by the ATS's id, if the ATS gives it one
          'PageInfo',
          'PhoneNumber',
          'PlannedCall',
          'ProfileFact', // of an account
          'Provenance', // of a field of a record
          'RateLimit',
          'UserError',
          'Warning',
        ],
      },
    },
  ],

  // Everything at a root may be null, so that one refusal does not hide what its neighbours found or wrote. What is
  // left is Relay's nodes(ids:), a list of its own form, and the events of a subscription.
  '@graphql-eslint/require-nullable-result-in-root': 'off',

  // Relay itself no longer asks for it, and with it one write could start reads of any size.
  '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',

  // Connections also list their `nodes`, for those who need no cursors, and changes are not nodes: they are known by
  // their cursors. Other lists are short and whole.
  '@graphql-eslint/relay-edge-types': [
    'error',
    { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  ],

  // The logs of changes and of actions are read forwards only.
  '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
};

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@graphql-eslint': graphql },
    rules: { ...all, ...relay, ...exceptions },
  },
];
