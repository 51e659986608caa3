/** Empties a list that is used for one message after the other. Setting `length` costs more, and gives the room away. */
export function empty(list: unknown[]): void {
  if (list.length > SMALL) list.length = 0;
  else while (list.length > 0) list.pop();
}

const SMALL = 16;
