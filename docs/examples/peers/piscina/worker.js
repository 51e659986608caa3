export default function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}

export function endless() {
  for (;;);
}
