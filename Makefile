# The commands for people; Meson does the work.
#
#   make            build, into build/; the command is build/macaw
#   make run        install what is missing, build, start the gateway:
#                   PORT=9000 make run; UPSTREAM=http://127.0.0.1:5000 make run
#   make test       install what is missing, build, run every test, a share of the seeded
#                   bugs, and again under sanitizers; QUICK=1 leaves out those two
#   make mutants    install what is missing, plant every seeded bug: before a release
#   make bench      install what is missing, build optimised, measure against other libraries
#   make lint       warnings of clang, clang-tidy and cppcheck
#   make install    install under prefix (Meson's /usr/local unless build/ is set up otherwise)
#   make clean      remove build/ and build-*/

# Debian's own tools first, whatever else is on PATH.
export PATH := /usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin:$(PATH)

BUILD ?= build
PORT ?= 8080
UPSTREAM ?=
export UPSTREAM

# An application of one's own instead of the demonstration's.
serve = set -- --demo; [ -z "$$UPSTREAM" ] || set -- --upstream "$$UPSTREAM"; \
	exec $(BUILD)/macaw serve "$$@" --listen 127.0.0.1:$(PORT) --state $(BUILD)/run

.PHONY: all run test mutants bench lint install clean need-run need-test need-bench need-lint

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD)

need-run:
	@packaging/install run

need-test:
	@packaging/install run test

need-bench:
	@packaging/install run bench

need-lint:
	@packaging/install run test lint

run: need-run all
	@$(serve)

# A tree set up before cmocka was there has no tests until it is told.
test: need-test $(BUILD)/build.ninja
	@meson configure $(BUILD) -Dtests=enabled
	ninja -C $(BUILD)
	@tests/run $(if $(QUICK),--quick) $(BUILD)

mutants: need-test all
	@tests/mutants/run $(BUILD)/mutants

bench: need-bench
	bench/run

lint: need-lint all
	@tests/lint $(BUILD)

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) build-*
