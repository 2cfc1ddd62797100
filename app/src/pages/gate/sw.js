// Opens the gate's page without a network. It keeps that page and the files that the page has loaded, and nothing
// else: what the device asks of the server under /gate/api is never kept, and never answered from here.
const CACHE = 'fuxue-gate';
const PAGE = '/gate';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const paths = event.data?.keep;
  if (Array.isArray(paths)) event.waitUntil(keep(paths).catch(() => undefined));
});

// Keeps the page with its files; a page that needs a file which is not among them is of another version, and waits
// for the next visit.
async function keep(paths) {
  const page = await fetch(PAGE, { credentials: 'same-origin', cache: 'no-store' });
  const text = await page.clone().text();
  const needed = text.match(/\/pkg\/[^"'\s)]+/g) ?? [];
  if (!page.ok || needed.length === 0 || !needed.every((path) => paths.includes(path))) return;
  const cache = await caches.open(CACHE);
  const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll(paths.filter((path) => !kept.includes(path)));
  await cache.put(PAGE, page);
  const old = kept.filter((path) => path !== PAGE && !paths.includes(path));
  await Promise.all(old.map((path) => cache.delete(path)));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(request));
  if (pathname.startsWith('/pkg/') || pathname === '/favicon.svg') event.respondWith(file(request));
});

// The newest page, and the kept one where nobody answers in time.
async function page(request) {
  const late = new Promise((_, reject) => setTimeout(reject, 5000, new Error('late')));
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status < 500) return answer;
    return (await found(PAGE)) ?? answer;
  } catch (error) {
    const kept = await found(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  return (await found(request)) ?? fetch(request);
}

async function found(what) {
  const cache = await caches.open(CACHE);
  return cache.match(what, { ignoreVary: true });
}
