# What one does with this checkout. Nothing here changes the caller's environment or libraries.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all examples fuzz coverage lint format document container vignettes site check bench clean distclean

PY := .venv/bin/python
SOURCES = $(wildcard inst/python tests benchmarks tools)
CHECK := .setup/check

export R_LIBS := $(CURDIR)/.Rlib$(if $(R_LIBS),:$(R_LIBS))
export RETICULATE_PYTHON := $(CURDIR)/.venv/bin/python
export TF_CPP_MIN_LOG_LEVEL := 3
# A bare machine has no language set; R CMD check warns about that.
ifneq ($(shell locale charmap 2>/dev/null),UTF-8)
export LC_ALL := C.UTF-8
endif

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## install what is missing: R packages, .venv, the package itself
	@tools/setup.sh

demo: setup ## try the classifier in the package, train one from Python, open both in R; writes demo-output
	@.venv/bin/hearingai demo --out demo-output
	@Rscript tools/demo.R demo-output

# Both languages' tests run at once, even if one fails: R's take one core, and what they print waits for the others.
define run-tests
@status=0; told=$$(mktemp); \
Rscript tools/testthat.R >"$$told" 2>&1 & r=$$!; \
$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile $(1) $(wildcard tests/python tests/fuzz tests/parity) || status=1; \
wait $$r || status=1; cat "$$told"; rm -f "$$told"; \
exit $$status
endef

test: setup ## the tests, in Python and in R
	$(call run-tests,-m "not slow")

test-all: setup ## the tests with the slow ones
	$(call run-tests)

examples: setup ## the README's examples, in Python and in R
	$(PY) -m pytest -q -k "examples_of_the_readme" tests/python/test_docs.py tests/parity/test_pages.py

fuzz: setup ## a long hunt with damaged files, long sound and killed work; its figures go to benchmarks/
	$(PY) tests/fuzz/hunt.py --inputs 100000 --soak 24 --kills 50 --out benchmarks/results/fuzz.json

# The core is named by its package, for the copy that R carries, and by its folder, for what is started as a script.
# Where coverage counts, R hears no Ctrl-C.
coverage: setup ## how much of the code the tests run: at least 90 % of the core, 95 % of the R face
	@status=0; \
	$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile -m "not slow" -q --cov=hearingai --cov=inst/python/hearingai \
	  --cov-report=term:skip-covered --cov-fail-under=90 --ignore=tests/parity/test_r_interrupt.py $(wildcard tests/python tests/parity) || status=1; \
	Rscript tools/coverage.R 95 || status=1; \
	exit $$status

lint: setup ## style, types and likely mistakes: ruff, mypy, lintr
	@status=0; \
	$(PY) -m ruff check $(SOURCES) || status=1; \
	$(PY) -m ruff format --check $(SOURCES) || status=1; \
	$(PY) -m mypy || status=1; \
	Rscript -e 'lints <- lintr::lint_package(); print(lints); cat("lintr:", length(lints), "found\n")' \
	  -e 'quit(status = as.integer(length(lints) > 0))' || status=1; \
	exit $$status

format: setup ## rewrite the sources in the house style
	@$(PY) -m ruff check --fix $(SOURCES)
	@$(PY) -m ruff format $(SOURCES)
	@Rscript -e 'if (requireNamespace("styler", quietly = TRUE)) styler::style_pkg() else cat("styler is not installed: R left as is\n")'

document: setup ## write man/, NAMESPACE, the cheat sheet and R's copy of pyproject.toml
	@cp pyproject.toml inst/pyproject.toml
	@Rscript -e 'roxygen2::roxygenise()'
	@tools/setup.sh package
	@$(PY) tools/cheatsheet/cheatsheet.py

container: setup ## lint the Dockerfile; where docker runs, build the image and try it
	@tools/container.sh

vignettes: setup ## run the pages in tools/vignettes, and write them with their results to vignettes/; PAGES="gate speed": only these
	@Rscript tools/vignettes.R $(PAGES)

site: setup ## the web site of the R package, in build/site; SITE=quick: only home and reference, nothing run
	@Rscript tools/site.R $(SITE)

# R CMD build copies the whole folder before it leaves things out, so it gets a copy without the environments.
# The variables switch off what needs CRAN, a clock server or HTML tidy, and TensorFlow's own temporary files.
# The package carries its Python core and pages with pictures, so it may have 10 MB where 5 are usual.
# An example may take 25 s here, not 5: the first one starts TensorFlow, and CI does two things at once.
check: setup ## R CMD check, with CHECK_OPTIONS; anything but "Status: OK" fails
	@rm -rf $(CHECK) && mkdir -p $(CHECK)/hearingai
	@tar $(addprefix --exclude=./,.git .venv .Rlib .setup .pytest_cache .ruff_cache .mypy_cache .hypothesis demo-output) --exclude=__pycache__ --exclude='*.egg-info' -cf - . | \
	  tar -xf - -C $(CHECK)/hearingai
	@cd $(CHECK) && R CMD build hearingai
	@cd $(CHECK) && _R_CHECK_FORCE_SUGGESTS_=false _R_CHECK_CRAN_INCOMING_=false \
	  _R_CHECK_FUTURE_FILE_TIMESTAMPS_=false _R_CHECK_SYSTEM_CLOCK_=0 _R_CHECK_RD_VALIDATE_RD2HTML_=false \
	  _R_CHECK_EXAMPLE_TIMING_THRESHOLD_=25 _R_CHECK_PKG_SIZES_THRESHOLD_=10 \
	  _R_CHECK_THINGS_IN_TEMP_DIR_EXCLUDE_='^(__autograph_generated_file|__pycache__)' \
	  R CMD check --no-manual --as-cran $(CHECK_OPTIONS) hearingai_*.tar.gz
	@grep -qx 'Status: OK' $(CHECK)/hearingai.Rcheck/00check.log || \
	  { echo 'make check: errors, warnings or notes above' >&2; exit 1; }

bench: setup ## the side-by-side measurements
	@if [ -f benchmarks/run.py ]; then $(PY) benchmarks/run.py; else echo "No benchmarks/run.py here"; fi

clean: ## remove what the targets made, except the environments
	@rm -rf .setup/check .setup/coverage.rds .coverage* build/site .pytest_cache .ruff_cache .mypy_cache .hypothesis hearingai.Rcheck hearingai_*.tar.gz demo-output
	@find . \( -name .venv -o -name .Rlib -o -name .git \) -prune -o -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## remove the environments too
	@rm -rf .venv .Rlib .setup
