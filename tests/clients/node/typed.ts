// What a client sees of the generated types. Never run: `tsc --strict` reads it.
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { CandidateStoryDocument, JobsAndApplicationsDocument } from './generated/types/graphql';

export const variables: VariablesOf<typeof CandidateStoryDocument> = { who: { email: 'a@example.com' } };

// @ts-expect-error a condition that there is not
export const unknown: VariablesOf<typeof CandidateStoryDocument> = { who: { shoeSize: 43 } };

export function companies(answer: ResultOf<typeof JobsAndApplicationsDocument>): (string | null | undefined)[] {
  const applications = answer.jobs?.nodes.flatMap((job) => job.applications?.nodes ?? []) ?? [];
  return applications.map((application) => application.candidate?.company);
}

export function careless(answer: ResultOf<typeof JobsAndApplicationsDocument>): number | undefined {
  // @ts-expect-error jobs may be null
  return answer.jobs.nodes.length;
}

export function mistaken(answer: ResultOf<typeof JobsAndApplicationsDocument>): unknown {
  // @ts-expect-error the operation does not select it
  return answer.jobs?.nodes[0]?.salaryAmount;
}
