"""Statements of the hot paths: written in Core like all others, compiled once, and handed to the driver as text.

What SQLAlchemy does around each execution (find the compiled form, make a context, a result, row objects) costs more than
most of our statements themselves. Types stay its own: values are bound and read by the processors of the columns, and errors
are its errors. Whoever listens to statements, as tests do, hears these too.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import iterate

from scim_portal.db import connection

Process = Callable[[Any], Any] | None
# What PostgreSQL calls the type of a decimal number: the only types that ask how the database gives their values.
NUMERIC = 1700


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as a driver takes it: its text, where each parameter comes from, and how a row is read.

    A parameter is (its name, the value's name, the place in a list, what the column's type makes of it).
    """

    text: str
    parameters: tuple[tuple[str, str, int | None, Process], ...]
    constants: dict[str, Any]
    is_positional: bool
    row: Callable[[Sequence[Any]], Any] | None
    results: tuple[tuple[int, Callable[[Any], Any]], ...]

    def bound(self, values: dict[str, Any]) -> Any:
        """Give the parameters as the driver takes them."""
        given = self.constants | values if self.constants else values
        found = []
        for _, source, place, process in self.parameters:
            value = given[source] if place is None else given[source][place]
            found.append(value if process is None else process(value))
        if self.is_positional:
            return tuple(found)
        return {parameter[0]: value for parameter, value in zip(self.parameters, found, strict=True)}

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Read rows as the driver gives them."""
        if self.row is None:
            return []
        if self.results:
            cells = [list(row) for row in rows]
            for row in cells:
                for place, process in self.results:
                    row[place] = process(row[place])
            rows = cells
        return [self.row(row) for row in rows]


class Prepared:
    """A statement all of whose parameters are named; a list for an `expanding` one may have any length but none.

    Rows are named tuples. `build` makes a statement that differs from database to database.
    """

    def __init__(self, statement: Any = None, *, build: Callable[[], Any] | None = None) -> None:
        self._build = build or (lambda: statement)
        self._expanding: frozenset[str] | None = None
        self._forms: dict[tuple[Any, ...], _Form] = {}

    def all(self, **values: Any) -> list[Any]:
        """Run it in the present transaction and give the rows."""
        present = connection()
        form = self._form(present.dialect, values)
        return form.read(_run(present, form, form.bound(values)))

    def one_or_none(self, **values: Any) -> Any:
        """Run a statement that finds at most one row, and give it."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def each(self, rows: Sequence[dict[str, Any]]) -> None:
        """Run a statement without results for each of some rows of the same names."""
        if len(rows) == 1:
            self.all(**rows[0])
        elif rows:
            present = connection()
            form = self._form(present.dialect, rows[0])
            _run(present, form, [form.bound(row) for row in rows])

    def _form(self, dialect: Dialect, values: dict[str, Any]) -> _Form:
        if self._expanding is None:
            self._expanding = _expanding(self._build())
        key: tuple[Any, ...] = (dialect.name, *values)
        for name in self._expanding:
            values[name] = _padded(values[name])
            key = (*key, len(values[name]))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _compiled(self._build(), dialect, values)
        return form


def _run(present: Connection, form: _Form, parameters: Any) -> Sequence[Any]:
    if present.engine.dispatch.before_cursor_execute:
        result = present.exec_driver_sql(form.text, parameters)
        return result.all() if result.returns_rows else ()
    driver = present.connection.dbapi_connection
    cursor = driver.cursor()  # type: ignore[union-attr]
    try:
        if type(parameters) is list:
            cursor.executemany(form.text, parameters)
            return ()
        cursor.execute(form.text, parameters)
        return () if form.row is None else cursor.fetchall()
    except present.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        raise _translated(present, form, error, driver, cursor) from error
    finally:
        cursor.close()


def _translated(present: Connection, form: _Form, error: Any, driver: Any, cursor: Any) -> BaseException:
    """Make SQLAlchemy's error of the driver's, and give a lost connection up."""
    dialect = present.dialect
    is_lost = dialect.is_disconnect(error, driver, cursor)
    if is_lost:
        present.invalidate(error)
        present.engine.dispose(close=False)  # the others of the pool went with it
    kind: Any = dialect.dbapi.Error  # type: ignore[union-attr]
    return DBAPIError.instance(
        form.text, None, error, kind, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    )


def _compiled(statement: Any, dialect: Dialect, values: dict[str, Any]) -> _Form:
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    if compiled.prefetch:
        raise TypeError(f"Columns with a default of ours must be given: {compiled}")
    state = compiled.construct_expanded_state(values, escape_names=False)
    places = {part: (name, at) for name, parts in state.parameter_expansion.items() for at, part in enumerate(parts)}
    parameters = []
    for name in state.positiontup if dialect.positional else state.parameters:
        source, place = places.get(name, (name, None))
        parameters.append(
            (name, source, place, compiled.binds[source].type.dialect_impl(dialect).bind_processor(dialect))
        )
    constants = {name: state.parameters[name] for name, source, _, _ in parameters if source not in values}
    columns = list(getattr(statement, "exported_columns", ()))
    read = [
        (place, one.type.dialect_impl(dialect).result_processor(dialect, NUMERIC)) for place, one in enumerate(columns)
    ]
    return _Form(
        text=state.statement,
        parameters=tuple(parameters),
        constants=constants,
        is_positional=dialect.positional,
        row=namedtuple("Row", [one.name for one in columns])._make if columns else None,  # type: ignore[misc]
        results=tuple((place, process) for place, process in read if process is not None),
    )


def _expanding(statement: Any) -> frozenset[str]:
    return frozenset(one.key for one in iterate(statement) if isinstance(one, BindParameter) and one.expanding)


def _padded(values: Any) -> list[Any]:
    """Repeat the last value up to a power of two, so that lists of all lengths share a few forms."""
    given = list(values)
    return given + given[-1:] * ((1 << (len(given) - 1).bit_length()) - len(given))
