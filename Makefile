# The front door; Meson builds.
BUILD = build

.PHONY: all demo check bench fuzz install clean build-packages check-packages bench-packages

all: build-packages $(BUILD)/build.ninja
	ninja -C $(BUILD)

demo: all
	tools/demo $(BUILD)/tapir

check: build-packages check-packages
	tests/check

# Configured anew, so that peers just installed are found.
bench: all bench-packages
	meson setup --reconfigure $(BUILD)
	bench/run --tapir $(BUILD)/tapir $(BENCH)

fuzz: build-packages check-packages
	fuzz/run $(FUZZ)

install: all
	meson install -C $(BUILD)

clean:
	rm -rf build build-*

$(BUILD)/build.ninja:
	meson setup $(BUILD) -Dtests=false

build-packages:
	tools/install-packages tools/build-packages

check-packages:
	tools/install-packages tools/check-packages tests/packages

bench-packages:
	tools/install-packages bench/packages
