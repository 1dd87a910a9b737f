// Starts Ministore as a person would, on a free port and in a folder of its own, and stops it by its id.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const READY = /listening on (http:\/\/\S+)/;
/** A debug build that makes its demo town on a busy machine of two cores is still ready long before this. */
const START_LIMIT_MS = 120_000;
/** A server that has not stopped by itself so long after SIGTERM is at fault. */
const STOP_LIMIT_MS = 30_000;
/** How many of the last log lines a failure shows. */
const LOG_TAIL = 40;

/**
 * Starts `ministore demo` (or another mode, such as "serve") and resolves once it listens.
 * @param {{ mode?: string, data?: string, args?: string[], env?: Record<string, string> }} options
 *   args: more words for the command line; "--lively" keeps the demo's live room, which is left out otherwise.
 *   data: a folder to keep; without it a fresh one is made and removed again by `stop`.
 */
export async function startServer({ mode = "demo", data, args = [], env = {} } = {}) {
  const server = new Server(mode, data, args, env);
  await server.start();
  return server;
}

class Server {
  #child;
  #log = [];
  #ownsData;

  constructor(mode, data, args, env) {
    this.mode = mode;
    this.data = data;
    this.args = args;
    this.env = env;
    this.listen = "127.0.0.1:0";
    this.#ownsData = data === undefined;
  }

  async start() {
    this.data ??= await mkdtemp(path.join(tmpdir(), "ministore-e2e-"));
    // Visitors who buy by themselves would get in the way of journeys that count; "--lively" lets them in.
    const own = this.args.filter(arg => arg !== "--lively");
    const quiet = this.mode === "demo" && own.length === this.args.length ? ["--quiet"] : [];
    const args = [this.mode, "--listen", this.listen, "--data", this.data, ...quiet, ...own];
    this.#child = spawn(program(), args, {
      env: { ...withoutSettings(process.env), ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithUs.add(this.#child);
    this.url = await this.#listening();
    // A restart takes the same port, so that pages which are open find the server again.
    this.listen = new URL(this.url).host;
  }

  /** Resolves with the address once both channels are being read; rejects if the program ends first. */
  #listening() {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail("was not ready in time"), START_LIMIT_MS);
      const fail = (why) => {
        clearTimeout(limit);
        child.kill("SIGKILL");
        reject(new Error(`ministore ${this.mode} ${why}\n${this.log()}`));
      };
      const read = (line) => {
        this.#log.push(line);
        const ready = READY.exec(line);
        if (ready) {
          clearTimeout(limit);
          resolve(ready[1]);
        }
      };
      createInterface({ input: child.stdout }).on("line", read);
      createInterface({ input: child.stderr }).on("line", read);
      child.once("error", (error) => fail(`could not be started: ${error.message}`));
      child.once("exit", (code, signal) => fail(`ended with ${code ?? signal}`));
    });
  }

  /** The last lines it logged. */
  log() {
    return this.#log.slice(-LOG_TAIL).join("\n");
  }

  /** Everything it logged since the first start. */
  get lines() {
    return this.#log;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Ends it at once, as a power cut would. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Starts it again on the same data and port after `kill`. */
  async restart() {
    await this.kill();
    await this.start();
  }

  /** Asks it to stop, waits until it has, and removes the data that was made for it. */
  async stop() {
    const ended = await this.#end("SIGTERM");
    if (this.#ownsData) await rm(this.data, { recursive: true, force: true });
    if (ended.late) throw new Error(`ministore did not stop ${STOP_LIMIT_MS / 1000} s after SIGTERM\n${this.log()}`);
  }

  async #end(signal) {
    const child = this.#child;
    const ended = { late: false };
    if (child.exitCode !== null || child.signalCode !== null) return ended;
    child.removeAllListeners("exit");
    const exit = once(child, "exit");
    child.kill(signal);
    const limit = setTimeout(() => {
      ended.late = true;
      child.kill("SIGKILL");
    }, STOP_LIMIT_MS);
    await exit;
    clearTimeout(limit);
    endWithUs.delete(child);
    return ended;
  }
}

/** Servers that must not outlive this process, whatever ends it. */
const endWithUs = new Set();
process.on("exit", () => {
  for (const child of endWithUs) child.kill("SIGKILL");
});

/** What is set for the person who runs the tests must not reach the server, who takes MINISTORE_… for settings. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MINISTORE_")));
}

function program() {
  if (process.env.MINISTORE_BIN) return process.env.MINISTORE_BIN;
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const built = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "debug", "ministore");
  if (!existsSync(built)) throw new Error(`${built} is not there: cargo build --bin ministore`);
  return built;
}
