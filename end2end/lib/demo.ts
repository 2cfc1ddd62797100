import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';

/** The server as it would be installed; `make build` puts it there. */
const SERVER = resolve(import.meta.dirname, '../../target/release/server');

/** How long the full sample district may take to be made on two cores. */
const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 10_000;

/** The district's hours are so many ahead of UTC. */
const SHANGHAI = 8;

export type Role =
  | 'guardian'
  | 'teacher'
  | 'guard'
  | 'school_admin'
  | 'bureau_viewer'
  | 'health_officer'
  | 'bureau_admin';

/** One line of the file that `server demo --accounts-file` writes. */
export interface Account {
  role: Role;
  login: string;
  password: string;
  scope: string;
}

export interface DemoOptions {
  /** Number of students; all of the full district where absent. */
  students?: number | 'all';
  /** Data folder, kept afterwards; a temporary one, removed afterwards, where absent. */
  data?: string;
}

/** A real server with a sample district, on a port and with data of its own. */
export class Demo {
  private constructor(
    readonly url: string,
    readonly accounts: readonly Account[],
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts the server and waits until it is ready. */
  static async start({ students, data }: DemoOptions = {}): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), 'fuxue-demo-'));
    const accountsFile = join(folder, 'accounts.json');
    const listen = `127.0.0.1:${await freePort()}`;
    const log = openSync(join(folder, 'server.log'), 'w');
    const args = ['demo', '--listen', listen, '--data', data ?? join(folder, 'data'), '--accounts-file', accountsFile];
    if (typeof students === 'number') args.push('--students', String(students));
    // Kept data are not to be opened earlier than they were written.
    const options = { cwd: folder, env: data === undefined ? awayFromMidnight() : env };
    const process = spawn(SERVER, args, { ...options, stdio: ['ignore', log, log] });
    process.on('error', () => undefined); // told below: a process that never started is never ready
    closeSync(log);

    const url = `http://${listen}`;
    const demo = new Demo(url, [], process, folder);
    try {
      await demo.untilReady();
      const accounts = JSON.parse(readFileSync(accountsFile, 'utf8')) as Account[];
      return new Demo(url, accounts, process, folder);
    } catch (error) {
      // Without a process of its own, the signal would go to everybody in this one's group.
      if (process.pid !== undefined) process.kill('SIGKILL');
      const said = demo.log();
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`${SERVER} ${args.join(' ')} did not start: ${String(error)}\n${said}`);
    }
  }

  /** The account that the demo offers for a role. */
  account(role: Role): Account {
    const account = this.accounts.find((candidate) => candidate.role === role);
    if (!account) throw new Error(`The demo has no account for ${role}`);
    return account;
  }

  /** What the server has logged. */
  log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }

  /** Resident memory of the server in bytes, as Linux counts it. */
  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Asks the server to stop, as an operator would; fails when it does not end well and in time. */
  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    else throw new Error(`The server ended by itself with ${this.process.exitCode}:\n${this.log()}`);
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOPPED_WITHIN_MS);
    const [code, signal] = (await ended) as [number | null, string | null];
    clearTimeout(late);
    const said = this.log();
    rmSync(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`The server did not stop well: exit status ${code}, signal ${signal}\n${said}`);
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      if (this.process.pid === undefined) throw new Error('it is not there; run make build');
      if (this.process.exitCode !== null) throw new Error(`it ended with ${this.process.exitCode}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`it was not ready within ${READY_WITHIN_MS / 1000} s`);
  }
}

/**
 * The environment of a server whose day does not end under the tests, which take minutes and put clocks forward by some:
 * in the last hour of the district's day its clock is an hour behind. Pages take the time from it.
 */
function awayFromMidnight(): NodeJS.ProcessEnv {
  if ((new Date().getUTCHours() + SHANGHAI) % 24 !== 23) return env;
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'));
  const library = folders.find((file) => existsSync(file));
  if (library === undefined) throw new Error('libfaketime is not there; run scripts/install test');
  return { ...env, LD_PRELOAD: library, FAKETIME: '-1h', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** A port of 127.0.0.1 that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
