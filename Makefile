# make demo: install and run the main job on a synthetic county · make test: install and test
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
LOCK := requirements-test.txt

.PHONY: demo test check lint types contracts doctest documents browser bench clean python-ok

demo: $(VENV)/.installed
	$(BIN)/landwatch demo

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto --dist loadfile

check: lint types contracts doctest

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m numpydoc lint $$(git ls-files 'landwatch/*.py' 'pipelines/*.py' 'maps/*.py')

types: $(VENV)/.tested
	$(BIN)/mypy

contracts: $(VENV)/.tested
	$(BIN)/lint-imports

doctest: $(VENV)/.tested
	$(BIN)/python -m pytest --doctest-modules landwatch -p no:cacheprovider

documents: $(VENV)/.installed
	$(BIN)/python docs/write_documents.py

browser: $(VENV)/.tested
	$(BIN)/python -m pytest -m browser

bench: $(VENV)/.tested
	$(BIN)/python -m pytest -m benchmark --benchmark-columns=min,median,max,rounds

python-ok:
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11 以上：找不到 $(PYTHON) / Python 3.11 or later is needed: $(PYTHON) not found. Install it, or: make PYTHON=/path/to/python3 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上 / Python 3.11 or later is needed; found: $$($(PYTHON) --version). Try: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "缺少 venv 模組 / the venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/bin/python: | python-ok
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: setup.cfg pyproject.toml $(LOCK) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e . || { echo "安裝失敗：需要套件索引 / installing failed: a package index is needed (see pip's message above)"; exit 1; }
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e '.[test]' || { echo "安裝失敗：需要套件索引 / installing failed: a package index is needed (see pip's message above)"; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache
