import { Piscina } from "piscina";

const pool = new Piscina({ filename: new URL("./worker.js", import.meta.url).href, maxThreads: 2, minThreads: 1 });

console.log(await pool.run(20));
console.log(await Promise.all([5, 10, 15].map((n) => pool.run(n))));

const numbers = new Float64Array([1, 2, 3]);
console.log(await pool.run(numbers, { name: "sum", transferList: [numbers.buffer] }), numbers.length);

const controller = new AbortController();
const running = pool.run(undefined, { name: "endless", signal: controller.signal });
setTimeout(() => controller.abort(), 100);
await running.catch((error) => console.log(error.name));

await pool.close();
