/** `T` with the fields `K` as plain lists, their elements still inputs: a plan has to see how many there are. */
export type Listed<T, K extends keyof T> = Omit<T, K> & { [P in keyof Pick<T, K>]: Extract<T[P], unknown[]> };
