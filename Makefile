# Two commands are enough: `make demo` to look at it, `make test` to trust it.
# Each installs what it needs; what takes long is kept in ~/.cache/fuxue (or $FUXUE_CACHE).

.DEFAULT_GOAL := help
.PHONY: help demo test build check fmt bench bench-large pictures mutants

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Build the release and start a sample district on http://127.0.0.1:3000 (ARGS="--students 500" …)
	@exec target/release/server demo $(ARGS)

test: ## Run every test: Rust, then the browser against the release (ARGS="tests/x.spec.ts" for some of them)
	@scripts/test $(ARGS)

build: ## Build the release: target/release/server and target/site
	@scripts/build

check: ## Formatting, lints, documentation
	@scripts/check

fmt: ## Format the Rust code
	@cargo fmt --all

bench: build ## Measure speed, page scores and memory; writes target/bench.json (ARGS="--children 20000 --seconds 3" for a short run)
	@scripts/bench $(ARGS)

bench-large: ## Take the reports of 15 million children in one SQLite file (20 minutes, 20 GB; ARGS="--children N" for fewer)
	@scripts/bench-large $(ARGS)

pictures: build ## Take the README's pictures from a running demo
	@scripts/pictures

mutants: ## Change the rules' code in small ways and see whether tests notice (an hour and a half; MINUTES=… for less)
	@scripts/mutants $(ARGS)
