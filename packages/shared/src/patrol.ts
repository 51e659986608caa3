/**
 * Patrol: while anything waits on this thread's event loop, looks every now and then whether somebody died who holds
 * it up. That timer is also what keeps the program alive while it waits.
 */
const PERIOD_MS = 50;

const rounds = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

export function startPatrol(round: () => void): void {
  rounds.add(round);
  timer ??= setInterval(() => {
    for (const each of [...rounds]) each();
  }, PERIOD_MS);
}

export function endPatrol(round: () => void): void {
  rounds.delete(round);
  if (rounds.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
