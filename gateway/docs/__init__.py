"""The manual: Markdown beside this file, rendered into `pages/` when the package is built, served under `/docs`."""
