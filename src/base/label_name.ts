/** What the name of a label is like, which graphs and flags agree on. */
const NAME = /^[A-Za-z][\w-]{0,62}$/;

/** The same in words. */
export const LABEL_NAME_FORM = "letters, digits, - and _, and begins with a letter";

/** Whether a label can be called so. */
export function isLabelName(text: string): boolean {
  return NAME.test(text);
}
