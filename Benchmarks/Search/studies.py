"""What the quality benchmarks share: studies run in processes of their own, their results in a file of JSON lines, ranks."""

import json
import multiprocessing
import os
import sys


def read(path):
    if not os.path.exists(path):
        return []
    with open(path) as lines:
        return [json.loads(line) for line in lines]


class Attempt:
    """`study(task)`, or None with a line on standard error where it fails."""

    def __init__(self, study):
        self.study = study

    def __call__(self, task):
        try:
            return self.study(task)
        except Exception as error:
            print(f"{task}: {type(error).__name__}: {error}", file=sys.stderr)
            return None


def run_studies(study, tasks, path, jobs, described, studies_per_process=1):
    """Adds the result of each task to the file; `described` makes the line of standard error that tells of it."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, maxtasksperchild=studies_per_process) as pool, open(path, "a") as file:
        for result in pool.imap_unordered(Attempt(study), tasks):
            if result is None:
                continue
            file.write(json.dumps(result) + "\n")
            file.flush()
            print(f"{result['problem']:20} {result['optimizer']:16} seed {result['seed']}: {described(result)}", file=sys.stderr)


def ranks(values):
    """Ranks from 1, ties sharing their mean."""
    order = sorted(values)
    return [order.index(v) + (order.count(v) + 1) / 2 for v in values]
