// Workers that simulate societies in parallel; their code is text in the page, so that no other file is needed.

export class Pool {
  constructor(source, module, model, count = Math.min(8, navigator.hardwareConcurrency || 2)) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.waiting = new Map();
    this.queue = [];
    this.next = 0;
    this.workers = Array.from({ length: count }, () => {
      const worker = new Worker(address);
      worker.postMessage({ module, model });
      worker.onmessage = ({ data }) => this.done(worker, data);
      worker.onerror = (event) => this.failed(event);
      return worker;
    });
    this.idle = [...this.workers];
  }

  /** Simulate a society, and return series of some measures by name, and the story of some rows. */
  live(description, names, rows = null) {
    return new Promise((resolve, reject) => {
      const ticket = this.next++;
      this.waiting.set(ticket, { resolve, reject });
      this.queue.push({ ticket, description, names, rows });
      this.hand();
    });
  }

  hand() {
    while (this.idle.length && this.queue.length) this.idle.pop().postMessage(this.queue.shift());
  }

  /** Drop waiting jobs; running jobs finish, but their results are ignored. */
  stop() {
    for (const { ticket } of this.queue) {
      this.waiting.get(ticket)?.reject(new Stopped());
      this.waiting.delete(ticket);
    }
    this.queue = [];
  }

  done(worker, { ticket, series, error }) {
    const { resolve, reject } = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    this.idle.push(worker);
    this.hand();
    if (error) reject(Error(error));
    else resolve(series);
  }

  failed(event) {
    for (const { reject } of this.waiting.values()) reject(Error(event.message ?? "the browser allows no workers"));
    this.waiting.clear();
  }
}

export class Stopped extends Error {}
