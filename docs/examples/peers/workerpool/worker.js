import workerpool from "workerpool";

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function convert(pages) {
  for (let page = 1; page <= pages; page++) workerpool.workerEmit(`page ${page}`);
  return pages;
}

function endless() {
  for (;;);
}

workerpool.worker({ fibonacci, convert, endless });
