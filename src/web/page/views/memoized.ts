import { Component, type ComponentChild, type FunctionComponent } from "preact";

/** The same view, made anew only when one of its properties is another: of a thousand rows one changes. */
export function memoized<P extends object>(
  view: (props: P) => ComponentChild,
): FunctionComponent<P> {
  class Memoized extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const [old, now] = [this.props, next] as Record<string, unknown>[];
      return Object.keys({ ...old, ...now }).some((name) =>
        name !== "children" && old![name] !== now![name]
      );
    }

    override render(): ComponentChild {
      return view(this.props as P);
    }
  }
  return Memoized as unknown as FunctionComponent<P>;
}
