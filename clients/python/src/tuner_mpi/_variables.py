"""Variables of a script, as a part of a trial's state."""

from typing import Any, Callable, Dict, Mapping, MutableMapping, Tuple

from ._errors import StateError

Pair = Tuple[Callable[[], Dict[str, Any]], Callable[[Mapping[str, Any]], None]]


def variables(namespace: MutableMapping[str, Any], *names: str) -> Pair:
    """The variables of these names, for scripts that count in globals:

        trial.state(model=model, loop=tuner_mpi.variables(globals(), "iteration", "best_loss"))

    They are saved as they are at the time, and replaced by a restore: numbers, texts, arrays, and whatever
    can be pickled. Raises `StateError`, when saved, for a name that is not there.
    """

    def get() -> Dict[str, Any]:
        for name in names:
            if name not in namespace:
                raise StateError(
                    f"variables: expected one called {name}, found none of this name. "
                    "Call trial.budgets() or trial.next_budget() where all of them have values."
                )
        return {name: namespace[name] for name in names}

    return get, namespace.update
