/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query MyRounds {\n  me {\n    judge\n    role\n  }\n  judgeRounds(first: 100) {\n    nodes {\n      id\n      judge\n      state\n      openedAt\n      closedAt\n      total\n      answered\n    }\n  }\n}\n\nquery Round($round: String!) {\n  judgeRound(round: $round) {\n    id\n    judge\n    state\n    rubric\n    openedAt\n    closedAt\n    total\n    answered\n    criteria {\n      name\n      description\n      yesNo\n      gate\n      low\n      high\n      anchors {\n        level\n        text\n      }\n    }\n  }\n}\n\nquery Items($round: String!, $place: Int!, $first: Int!, $answered: Boolean) {\n  judgeRound(round: $round) {\n    items(first: $first, place: $place, answered: $answered) {\n      nodes {\n        item\n        place\n        scenario\n        tip\n        answer {\n          scores {\n            criterion\n            value\n          }\n          unscorable\n          comment\n        }\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n}\n\nmutation Submit($round: String!, $answer: AnswerInput!) {\n  submitScores(round: $round, answer: $answer) {\n    __typename\n    ... on Answer {\n      item\n      savedAt\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}\n\nmutation TakeBack($round: String!, $item: String!, $key: String!) {\n  undoScores(round: $round, item: $item, key: $key) {\n    __typename\n    ... on Undone {\n      item\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.MyRoundsDocument,
};
const documents: Documents = {
    "query MyRounds {\n  me {\n    judge\n    role\n  }\n  judgeRounds(first: 100) {\n    nodes {\n      id\n      judge\n      state\n      openedAt\n      closedAt\n      total\n      answered\n    }\n  }\n}\n\nquery Round($round: String!) {\n  judgeRound(round: $round) {\n    id\n    judge\n    state\n    rubric\n    openedAt\n    closedAt\n    total\n    answered\n    criteria {\n      name\n      description\n      yesNo\n      gate\n      low\n      high\n      anchors {\n        level\n        text\n      }\n    }\n  }\n}\n\nquery Items($round: String!, $place: Int!, $first: Int!, $answered: Boolean) {\n  judgeRound(round: $round) {\n    items(first: $first, place: $place, answered: $answered) {\n      nodes {\n        item\n        place\n        scenario\n        tip\n        answer {\n          scores {\n            criterion\n            value\n          }\n          unscorable\n          comment\n        }\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n}\n\nmutation Submit($round: String!, $answer: AnswerInput!) {\n  submitScores(round: $round, answer: $answer) {\n    __typename\n    ... on Answer {\n      item\n      savedAt\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}\n\nmutation TakeBack($round: String!, $item: String!, $key: String!) {\n  undoScores(round: $round, item: $item, key: $key) {\n    __typename\n    ... on Undone {\n      item\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}": types.MyRoundsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyRounds {\n  me {\n    judge\n    role\n  }\n  judgeRounds(first: 100) {\n    nodes {\n      id\n      judge\n      state\n      openedAt\n      closedAt\n      total\n      answered\n    }\n  }\n}\n\nquery Round($round: String!) {\n  judgeRound(round: $round) {\n    id\n    judge\n    state\n    rubric\n    openedAt\n    closedAt\n    total\n    answered\n    criteria {\n      name\n      description\n      yesNo\n      gate\n      low\n      high\n      anchors {\n        level\n        text\n      }\n    }\n  }\n}\n\nquery Items($round: String!, $place: Int!, $first: Int!, $answered: Boolean) {\n  judgeRound(round: $round) {\n    items(first: $first, place: $place, answered: $answered) {\n      nodes {\n        item\n        place\n        scenario\n        tip\n        answer {\n          scores {\n            criterion\n            value\n          }\n          unscorable\n          comment\n        }\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n}\n\nmutation Submit($round: String!, $answer: AnswerInput!) {\n  submitScores(round: $round, answer: $answer) {\n    __typename\n    ... on Answer {\n      item\n      savedAt\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}\n\nmutation TakeBack($round: String!, $item: String!, $key: String!) {\n  undoScores(round: $round, item: $item, key: $key) {\n    __typename\n    ... on Undone {\n      item\n    }\n    ... on Failure {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql').MyRoundsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
