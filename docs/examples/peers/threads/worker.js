import { Observable } from "threads/observable";
import { expose } from "threads/worker";

const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));

expose({
  fibonacci,
  countTo(limit) {
    return new Observable((observer) => {
      for (let n = 1; n <= limit; n++) observer.next(n);
      observer.complete();
    });
  },
  length(buffer) {
    return buffer.byteLength;
  },
});
