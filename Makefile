# Every target is a command of ./dev, which works without make too.
PYTHON := $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(shell command -v $(name))))

.PHONY: run stop test check fmt gen drill bench
run stop test check fmt gen drill bench:
	@$(PYTHON) dev $@ $(ARGS)
