// Wakes the islands of a page once the browser has nothing better to do; until then the page works as it is.
((script, wasm) => {
  const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 1));
  whenIdle(async () => {
    const islands = await import(script);
    await islands.default({ module_or_path: wasm });
    islands.hydrate();
    for (const island of document.querySelectorAll("leptos-island")) {
      islands[island.dataset.component]?.(island);
    }
  });
})
