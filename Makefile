# `make run` and `make test` are all that a fresh machine needs: each installs what is missing and builds first.
#
#   make run      population based training on the built-in handwritten digits: 1 controller and 4 workers
#   make test     every test: pure ones, under several rank counts, the built program (kills, Slurm), the Python client
#   make test-connections   of these, those that open what `export` writes in TensorBoard, Optuna, MLflow, pandas, PyTorch
#   make bench    speed, as ratios to PyTorch and to the machine's limits, measured in one run
#   make bench-trainee  what a user's own script costs, beside PBT by hand (mpi4py) and by Ray Tune
#   make bench-search   milliseconds for a suggestion, beside Optuna and SMAC in the same run
#   make fuzz     5,000 damaged experiments: what check accepts must run, and nothing may trap (some minutes)
#   make build    the program alone, .build/release/tuner-mpi
#   make install PREFIX=/opt/tuner-mpi [DESTDIR=...]   program, client, header, documentation, completions, manual, module
#   make tarball  the same with libtorch and what else it needs but MPI, dist/tuner-mpi-VERSION-linux-ARCH.tar.gz
#                 (.ci/clean-root tries it in a new Debian)

program := .build/release/tuner-mpi
tests := .build/debug/tuner-mpiPackageTests.xctest
ranks ?= 1 2 3 4 7

# What a laptop or a CI machine needs to start more ranks than it has cores; a cluster's own settings win.
export OMPI_ALLOW_RUN_AS_ROOT ?= 1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM ?= 1
export OMPI_MCA_rmaps_base_oversubscribe ?= 1
export OMPI_MCA_hwloc_base_binding_policy ?= none
export OMPI_MCA_mpi_yield_when_idle ?= 1
export PRTE_MCA_rmaps_default_mapping_policy ?= :oversubscribe

.PHONY: run test test-unit test-ranks test-program test-client test-connections readers browser fuzz bench bench-search bench-trainee build install tarball build-tests deps \
  clean

run: build
	mpirun -n 5 $(program)

test: test-unit test-ranks test-program test-client

test-unit: build-tests readers
	swift test --skip-build --skip RankTests --skip ProgramTests

test-ranks: build-tests
	@set -e; for n in $(ranks); do \
	  echo "== rank tests under $$n ranks"; \
	  Tests/RankTesting/run-ranks $$n $(tests); \
	done

test-program: build build-tests readers browser
	swift test --skip-build --no-parallel --filter ProgramTests

# The Python client: alone, with PyTorch where libtorch lies in a Python, and its samplers by the built program.
test-client: build
	@.ci/client-python
	cd clients/python && TUNER_MPI=$(abspath $(program)) ../../.build-deps/client/bin/python -m pytest -q
	cd clients/python && ../../.build-deps/client/bin/python -m mypy src

test-connections: build build-tests readers
	swift test --skip-build --no-parallel --filter 'ExportsTests|ExportedModelTests|ExportTests'

# Without them (no network, no pip) the tests that need one are skipped, and say so.
readers: deps
	@.ci/reader-python || echo "test: the readers of exported files could not be installed" >&2

# Without it the test that looks at reports is skipped, and says so.
browser: deps
	@.ci/page-browser || echo "test: no Chromium could be installed" >&2

fuzz: build-tests
	TUNER_FUZZ_FILES=$(or $(files),5000) swift test --skip-build --filter AgreementTests

# PyTorch beside it must be of the linked libtorch's version; timm has the LAMB that is compared with.
bench: deps
	swift build -c release --product bench-training
	swift build -c release --product bench-optimizers
	@.ci/peer-python
	.build-deps/peers/bin/python Benchmarks/Training/beside_pytorch.py .build/release/bench-training
	.build-deps/peers/bin/python Benchmarks/Training/two_ranks.py .build/release/bench-training
	.build/release/bench-optimizers
	mpirun -n 2 .build/release/bench-optimizers
	swift build -c release --product bench-ranks
	mpirun -n 3 .build/release/bench-ranks

# What a script in the dialogue costs, and the same study by hand with mpi4py and by Ray Tune.
bench-trainee: build
	swift build -c release --product bench-trainee
	@.ci/trainee-peers
	PATH=$(abspath .build-deps/trainee-peers/bin):$$PATH PYTHONPATH=$(abspath clients/python/src) \
	  mpirun -n 2 .build/release/bench-trainee Benchmarks/Trainee
	.build-deps/trainee-peers/bin/python Benchmarks/Trainee/beside_peers.py $(program) 3

# Without the peers (no network, no pip) the program is measured alone, and the table says so.
bench-search: build
	@.ci/search-peers || echo "bench-search: the peers could not be installed; measuring alone" >&2
	$${TUNER_SEARCH_PEERS:-$$(test -x .build-deps/search-peers/bin/python && echo .build-deps/search-peers/bin/python || echo python3)} \
	  Benchmarks/Search/speed.py --program $(program)

build: deps
	swift build -c release --product tuner-mpi
	@test ! -f .build-deps/plotly.min.js.gz || cp -f .build-deps/plotly.min.js.gz .build/release/

# What leaves the place where it was built must not look for the toolchain's libraries there.
PREFIX ?= /usr/local
install: deps
	swift build -c release --product tuner-mpi --static-swift-stdlib
	packaging/install "$(PREFIX)" "$(DESTDIR)"

tarball: deps
	swift build -c release --product tuner-mpi --static-swift-stdlib
	packaging/tarball

build-tests: deps
	swift build --build-tests

deps:
	@.ci/dependencies

clean:
	rm -rf .build .build-* dist
