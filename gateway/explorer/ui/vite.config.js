import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the page works under any path prefix a proxy adds.
  base: './',
  html: { cspNonce: '__CSP_NONCE__' },
  worker: { format: 'es' },
  build: {
    license: { fileName: 'third-party-licenses.md' },
    // One bundle with an editor in it is large by nature.
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      input: ['index.html', 'status.html'],
      // GraphiQL tells screen readers what its icons are by the names of their functions.
      output: { keepNames: true },
      onLog(level, log, handle) {
        // React's server component marker means nothing here, and every dialog component carries one.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
