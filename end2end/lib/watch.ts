import type { BrowserContext } from '@playwright/test';

/**
 * Listens to every page of a context and returns a function that tells what went wrong in them: errors and warnings
 * of the console (refused by the content security policy, missing files …) and uncaught exceptions.
 *
 * A page that is itself answered with 403, 404 or 422 is no such error: the browser writes these to the console too,
 * but the test that opened the page knows what it expects.
 */
export function watch(context: BrowserContext): () => string[] {
  const problems: { text: string; url: string }[] = [];
  const documents = new Set<string>();

  context.on('response', (response) => {
    if (response.request().isNavigationRequest()) documents.add(response.url());
  });
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    problems.push({ text: `console ${message.type()}: ${message.text()}`, url: message.location().url });
  });
  context.on('weberror', (error) => {
    problems.push({ text: `uncaught: ${error.error().stack ?? error.error().message}`, url: '' });
  });

  return () =>
    problems
      .filter(({ text, url }) => !(text.includes('Failed to load resource') && documents.has(url)))
      .map(({ text, url }) => (url ? `${text} (${url})` : text));
}
