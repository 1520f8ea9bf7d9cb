import type { z } from "zod";
import type { Context } from "../host/session/task";
import { objectShape } from "../schema/shape";
import { withDefaults } from "./defaults";
import type { FunctionDefinition, Values } from "./define";
import { shownAnswer } from "./shown";
import { type Issue, validate } from "./validate";

/** What a function answers, or what is wrong with the question. */
export type Asked<O> = { readonly refused: readonly [Issue, ...Issue[]] } | { readonly refused?: undefined; readonly answer: O };

/** `asFound`: what hosts say comes as they said it; whoever asks makes it safe to show. */
export async function ask<I extends z.ZodObject, O extends z.ZodObject>(
  definition: FunctionDefinition<I, O>,
  context: () => Context,
  inputs: Values,
  { asFound = false }: { readonly asFound?: boolean } = {},
): Promise<Asked<z.output<O>>> {
  const [issue, ...others] = validate(definition, inputs);
  if (issue !== undefined) return { refused: [issue, ...others] };
  const answer = await definition.invoke(context(), withDefaults(objectShape(definition.inputs), inputs) as z.output<I>);
  return { answer: asFound ? answer : shownAnswer(definition, answer) };
}
