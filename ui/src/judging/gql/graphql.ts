/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An answer: scores for every criterion, or why the item cannot be judged. */
export type AnswerInput = {
  /** Free words, kept with the scores. */
  comment?: string | null | undefined;
  /** The item's opaque id. */
  item: string;
  /** What the page calls it: the same again changes nothing, 64 characters at most. */
  key?: string | null | undefined;
  /** Every criterion once. */
  scores?: Array<CriterionScoreInput> | null | undefined;
  /** The reason. */
  unscorable?: string | null | undefined;
};

/** A value for one criterion. */
export type CriterionScoreInput = {
  /** Name of the criterion. */
  criterion: string;
  /** In rubric units; 1 or 0 where the answer is yes or no. */
  value: number;
};

/** What a caller may do; each role may do what the ones before it may. */
export type Role =
  /** Everything that the benchmark can do. */
  | 'ADMIN'
  /** A judge: rounds and answers of their own. */
  | 'JUDGE'
  /** Anyone who is signed in. */
  | 'USER';

export type MyRoundsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyRoundsQuery = { __typename: 'Query', me: { __typename: 'Me', judge: string | null, role: Role }, judgeRounds: { __typename: 'JudgeRoundConnection', nodes: Array<{ __typename: 'JudgeRound', id: string, judge: string, state: string, openedAt: string, closedAt: string | null, total: number, answered: number }> } };

export type RoundQueryVariables = Exact<{
  round: string;
}>;


export type RoundQuery = { __typename: 'Query', judgeRound: { __typename: 'JudgeRound', id: string, judge: string, state: string, rubric: string, openedAt: string, closedAt: string | null, total: number, answered: number, criteria: Array<{ __typename: 'RubricCriterion', name: string, description: string, yesNo: boolean, gate: boolean, needs: string | null, low: number, high: number, anchors: Array<{ __typename: 'Anchor', level: string, text: string }> }> } };

export type ItemsQueryVariables = Exact<{
  round: string;
  place: number;
  first: number;
  answered?: boolean | null | undefined;
}>;


export type ItemsQuery = { __typename: 'Query', judgeRound: { __typename: 'JudgeRound', items: { __typename: 'RoundItemConnection', nodes: Array<{ __typename: 'RoundItem', item: string, place: number, scenario: unknown, tip: string, flag: string | null, answer: { __typename: 'Answer', unscorable: string | null, comment: string | null, scores: Array<{ __typename: 'CriterionScore', criterion: string, value: number }> } | null }>, pageInfo: { __typename: 'PageInfo', hasNextPage: boolean } } } };

export type SubmitMutationVariables = Exact<{
  round: string;
  answer: AnswerInput;
}>;


export type SubmitMutation = { __typename: 'Mutation', submitScores:
    | { __typename: 'Answer', item: string, savedAt: string }
    | { __typename: 'Conflict', code: string, message: string, path: Array<string> }
    | { __typename: 'Forbidden', code: string, message: string, path: Array<string> }
    | { __typename: 'InProgress', code: string, message: string, path: Array<string> }
    | { __typename: 'InvalidInput', code: string, message: string, path: Array<string> }
    | { __typename: 'NameTaken', code: string, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: string, message: string, path: Array<string> }
    | { __typename: 'Unavailable', code: string, message: string, path: Array<string> }
   };

export type TakeBackMutationVariables = Exact<{
  round: string;
  item: string;
  key: string;
}>;


export type TakeBackMutation = { __typename: 'Mutation', undoScores:
    | { __typename: 'Conflict', code: string, message: string, path: Array<string> }
    | { __typename: 'Forbidden', code: string, message: string, path: Array<string> }
    | { __typename: 'InProgress', code: string, message: string, path: Array<string> }
    | { __typename: 'InvalidInput', code: string, message: string, path: Array<string> }
    | { __typename: 'NameTaken', code: string, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: string, message: string, path: Array<string> }
    | { __typename: 'Unavailable', code: string, message: string, path: Array<string> }
    | { __typename: 'Undone', item: string }
   };

export type FlagMutationVariables = Exact<{
  round: string;
  item: string;
  reason?: string | null | undefined;
}>;


export type FlagMutation = { __typename: 'Mutation', flagItem:
    | { __typename: 'Conflict', code: string, message: string, path: Array<string> }
    | { __typename: 'FlagState', item: string, flagged: boolean }
    | { __typename: 'Forbidden', code: string, message: string, path: Array<string> }
    | { __typename: 'InProgress', code: string, message: string, path: Array<string> }
    | { __typename: 'InvalidInput', code: string, message: string, path: Array<string> }
    | { __typename: 'NameTaken', code: string, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: string, message: string, path: Array<string> }
    | { __typename: 'Unavailable', code: string, message: string, path: Array<string> }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const MyRoundsDocument = new TypedDocumentString(`
    query MyRounds {
  me {
    judge
    role
  }
  judgeRounds(first: 100) {
    nodes {
      id
      judge
      state
      openedAt
      closedAt
      total
      answered
    }
  }
}
    `) as unknown as TypedDocumentString<MyRoundsQuery, MyRoundsQueryVariables>;
export const RoundDocument = new TypedDocumentString(`
    query Round($round: String!) {
  judgeRound(round: $round) {
    id
    judge
    state
    rubric
    openedAt
    closedAt
    total
    answered
    criteria {
      name
      description
      yesNo
      gate
      needs
      low
      high
      anchors {
        level
        text
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RoundQuery, RoundQueryVariables>;
export const ItemsDocument = new TypedDocumentString(`
    query Items($round: String!, $place: Int!, $first: Int!, $answered: Boolean) {
  judgeRound(round: $round) {
    items(first: $first, place: $place, answered: $answered) {
      nodes {
        item
        place
        scenario
        tip
        answer {
          scores {
            criterion
            value
          }
          unscorable
          comment
        }
        flag
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ItemsQuery, ItemsQueryVariables>;
export const SubmitDocument = new TypedDocumentString(`
    mutation Submit($round: String!, $answer: AnswerInput!) {
  submitScores(round: $round, answer: $answer) {
    __typename
    ... on Answer {
      item
      savedAt
    }
    ... on Failure {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SubmitMutation, SubmitMutationVariables>;
export const TakeBackDocument = new TypedDocumentString(`
    mutation TakeBack($round: String!, $item: String!, $key: String!) {
  undoScores(round: $round, item: $item, key: $key) {
    __typename
    ... on Undone {
      item
    }
    ... on Failure {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<TakeBackMutation, TakeBackMutationVariables>;
export const FlagDocument = new TypedDocumentString(`
    mutation Flag($round: String!, $item: String!, $reason: String) {
  flagItem(round: $round, item: $item, reason: $reason) {
    __typename
    ... on FlagState {
      item
      flagged
    }
    ... on Failure {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<FlagMutation, FlagMutationVariables>;